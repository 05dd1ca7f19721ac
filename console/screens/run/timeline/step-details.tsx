/** All that is known of one step. */
import type { AttemptView, TimelineStep, Wait } from '../../../../client/index.ts';
import { durationText } from '../../../parts/duration.ts';
import { When } from '../../../parts/when.tsx';
import { costText } from '../history/costs-of.ts';
import { StepActs } from '../repair/step-acts.tsx';
import { toEvents } from '../run-address.ts';
import { StepStatus } from '../step-status.tsx';
import { TabLink } from '../tab-link.tsx';
import { Viewer } from '../../../parts/viewers/viewer.tsx';
import { waitLabel } from './gantt-bar.tsx';

interface StepDetailsProps {
  run: string;
  step: TimelineStep;
  isSelected: boolean;
}

export function StepDetails({ run, step, isSelected }: StepDetailsProps) {
  const { decision, delegatedBy, instructions, usage, cost, error, questions, waits, attempts } = step;
  return (
    <section aria-label={`Step ${step.step}`} className="text-sm">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="font-mono text-base font-semibold">{step.step}</h2>
        <StepStatus status={step.status} />
        {step.durationMs !== null && <span className="tabular-nums">{durationText(step.durationMs)}</span>}
        <span className="text-muted">
          <When at={step.startedAt} />
        </span>
        <TabLink tab="events" changes={toEvents({ step: step.step })}>
          Its events
        </TabLink>
        <TabLink tab="logs" changes={{ level: null, step: step.step }}>
          Its log
        </TabLink>
        <TabLink tab="events" changes={toEvents({ seq: step.seq })}>
          Event {step.seq}
        </TabLink>
        {isSelected && <span className="ml-auto font-medium text-accent">selected</span>}
        {isSelected && <StepActs step={step.step} />}
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {decision !== null && (
          <Fact name="Why">
            {decision.reason || 'no reason given'}
            {decision.model !== null && ` (${decision.model})`}
          </Fact>
        )}
        {delegatedBy !== null && <Fact name="Delegated by">{delegatedBy}</Fact>}
        {instructions !== null && <Fact name="Instructions">{instructions}</Fact>}
        {error !== null && (
          <Fact name="Failed with">
            <span className="text-bad">{error.message}</span> <code>({error.code})</code>
          </Fact>
        )}
        {step.status === 'running' && step.message !== '' && <Fact name="Says">{step.message}</Fact>}
        {step.emitted > 0 && <Fact name="Wrote">{step.emitted.toLocaleString()} events</Fact>}
        {usage.inputTokens + usage.outputTokens > 0 && (
          <Fact name="Tokens">
            {usage.inputTokens.toLocaleString()} in, {usage.outputTokens.toLocaleString()} out, cost {costText(cost)}
          </Fact>
        )}
        {waits.length > 0 && <Fact name="Waited">{waits.slice(-8).map(waitWords).join(', ')}</Fact>}
        {questions.map(({ id, message, status, answers }) => (
          <Fact key={id} name={`Asked (${status})`}>
            {message}
            {answers.length > 0 && ` – answered by ${answers.map(({ by }) => by).join(', ')}`}
          </Fact>
        ))}
      </dl>
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      {step.result !== null && (
        <details className="mt-2">
          <summary className="cursor-pointer py-1 text-accent">Result</summary>
          <Viewer run={run} value={step.result} label={`Result of ${step.step}`} />
        </details>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="whitespace-nowrap text-muted">{name}</dt>
      <dd className="m-0 min-w-0 whitespace-pre-wrap break-words">{children}</dd>
    </>
  );
}

function waitWords({ for: kind, ms }: Wait): string {
  return `${waitLabel(kind)} ${ms === null ? 'still' : durationText(ms)}`;
}

const attemptsShown = 10;

function Attempts({ attempts }: { attempts: readonly AttemptView[] }) {
  return (
    <ol aria-label="Attempts, newest first" className="mt-2 divide-y divide-line border-t border-line">
      {attempts
        .slice(-attemptsShown)
        .toReversed()
        .map(({ attempt, outcome, startedAt, durationMs, error, worker }) => (
          <li key={attempt} className="flex flex-wrap gap-x-3 py-1">
            <span className="tabular-nums">attempt {attempt}</span>
            <span className={outcome === 'failed' || outcome === 'lost' ? 'text-bad' : 'text-muted'}>{outcome}</span>
            {startedAt !== null && (
              <span className="text-muted">
                <When at={startedAt} />
              </span>
            )}
            {durationMs !== null && <span className="tabular-nums text-muted">{durationText(durationMs)}</span>}
            {worker !== null && <span className="min-w-0 truncate text-muted">{worker}</span>}
            {error !== null && (
              <span className="w-full break-words text-bad">
                {error.message} <code>({error.code})</code>
              </span>
            )}
          </li>
        ))}
    </ol>
  );
}
