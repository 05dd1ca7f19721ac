import { Fragment, useMemo } from 'react';
import type { TimelineStep } from '../../../../client/index.ts';
import { costsOf, costText, type CostLine } from './costs-of.ts';

interface CostTableProps {
  steps: readonly TimelineStep[];
  usage: { inputTokens: number; outputTokens: number };
  cost: number | null;
}

const stepsShown = 20;

export function CostTable({ steps, usage, cost }: CostTableProps) {
  const agents = useMemo(() => costsOf(steps), [steps]);
  return (
    <section aria-label="Cost" className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">Cost</h2>
      {usage.inputTokens + usage.outputTokens === 0 ? (
        <p className="text-muted">No model has been asked.</p>
      ) : (
        <div tabIndex={0} role="region" aria-label="Table of costs" className="overflow-x-auto">
          <table className="w-full max-w-3xl text-sm">
            <thead>
              <tr className="border-b border-line text-left text-muted">
                <th className="py-1 font-medium">Agent and step</th>
                {['Tokens in', 'Tokens out', 'Cost'].map((name) => (
                  <th key={name} className="whitespace-nowrap py-1 pl-4 text-right font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {agents.map(({ bySteps, ...agent }) => (
                <Fragment key={agent.name}>
                  <Line line={agent} className="font-medium" />
                  {bySteps.slice(0, stepsShown).map((line, index) => (
                    <Line key={index} line={line} className="text-muted" indent />
                  ))}
                </Fragment>
              ))}
              <Line
                line={{ name: 'The whole run, with its decisions', steps: 0, ...usage, cost }}
                className="font-semibold"
              />
            </tbody>
          </table>
        </div>
      )}
      {cost === null && usage.inputTokens > 0 && (
        <p className="mt-2 text-sm text-muted">No price is set for the model: MODEL_PRICES.</p>
      )}
    </section>
  );
}

function Line({ line, className, indent = false }: { line: CostLine; className: string; indent?: boolean }) {
  return (
    <tr className={`border-b border-line ${className}`}>
      <td className={`py-1 ${indent ? 'pl-5 font-mono' : ''}`}>{line.name}</td>
      {[line.inputTokens.toLocaleString(), line.outputTokens.toLocaleString(), costText(line.cost)].map(
        (text, index) => (
          <td key={index} className="py-1 pl-4 text-right tabular-nums">
            {text}
          </td>
        ),
      )}
    </tr>
  );
}
