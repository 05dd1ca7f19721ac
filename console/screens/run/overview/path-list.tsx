/** The path in words, newest first: what the picture shows, for whoever does not see it. */
import type { TimelineStep } from '../../../../client/index.ts';
import { durationText } from '../../../parts/duration.ts';
import { toStep } from '../run-address.ts';
import { StepStatus } from '../step-status.tsx';
import { TabLink } from '../tab-link.tsx';

const shown = 50;

export function PathList({ steps, total }: { steps: readonly TimelineStep[]; total: number }) {
  const newest = steps.slice(-shown).toReversed();
  return (
    <section aria-label="Path" className="rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">Path, newest first</h2>
      {steps.length === 0 && <p className="text-muted">No agent has begun yet.</p>}
      <ol reversed start={total} className="divide-y divide-line">
        {newest.map((step) => (
          <li key={step.seq} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-1.5 text-sm">
            <TabLink tab="timeline" changes={toStep(step.step)} className="font-mono text-accent underline">
              {step.step}
            </TabLink>
            <StepStatus status={step.status} />
            <span className="text-muted tabular-nums">{step.durationMs !== null && durationText(step.durationMs)}</span>
            <span className="w-full min-w-0 break-words text-muted sm:w-auto sm:grow">{whyOf(step)}</span>
          </li>
        ))}
      </ol>
      {total > newest.length && (
        <p className="mt-2 text-sm text-muted">
          {total - newest.length} steps before these: <TabLink tab="timeline">timeline</TabLink>
        </p>
      )}
    </section>
  );
}

function whyOf({ decision, delegatedBy, instructions }: TimelineStep): string {
  if (delegatedBy !== null) return `delegated by ${delegatedBy}${instructions === null ? '' : `: ${instructions}`}`;
  if (decision === null) return '';
  return decision.model === null ? decision.reason : `${decision.reason} (${decision.model})`;
}
