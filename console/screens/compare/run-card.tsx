/** One of the two, in facts; those that are not as in the other are marked. */
import { Link } from '@tanstack/react-router';
import type { RunView, TimelineStep } from '../../../client/index.ts';
import { useNow } from '../../live/use-now.ts';
import { durationText } from '../../parts/duration.ts';
import { Fault } from '../../parts/fault.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

interface RunCardProps {
  side: string;
  run: string;
  state: RunView | null;
  other: RunView | null;
  steps: readonly TimelineStep[];
  error: Error | null;
}

export function RunCard({ side, run, state, other, steps, error }: RunCardProps) {
  const now = useNow(state !== null && state.endedAt === null);
  return (
    <section aria-label={`${side} run`} className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 break-all font-semibold">
        <Link to="/runs/$run" params={{ run }} search={{}} className="text-accent underline">
          {run}
        </Link>
      </h2>
      {error && <Fault error={error} />}
      {state === null ? (
        error === null && <p className="min-h-40 text-muted">Loading</p>
      ) : (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
          <Fact name="Status" differs={other !== null && other.status !== state.status}>
            <Status status={state.status} />
          </Fact>
          <Fact name="Blueprint" differs={other !== null && other.blueprint !== state.blueprint}>
            {state.blueprint}
          </Fact>
          <Fact name="Owner" differs={other !== null && other.owner !== state.owner}>
            {state.owner ?? 'nobody'}
          </Fact>
          <Fact name="Started">
            <When at={state.startedAt} />
          </Fact>
          <Fact name="Took">
            <span className="tabular-nums">
              {durationText(Math.max(0, endMs(state, now) - Date.parse(state.startedAt)))}
            </span>
          </Fact>
          <Fact name="Steps">{steps.length}</Fact>
          <Fact name="Tokens">
            {state.usage.inputTokens.toLocaleString()} in, {state.usage.outputTokens.toLocaleString()} out
          </Fact>
        </dl>
      )}
    </section>
  );
}

function endMs({ endedAt }: RunView, now: number): number {
  return endedAt === null ? now : Date.parse(endedAt);
}

function Fact({ name, differs = false, children }: { name: string; differs?: boolean; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="m-0 flex min-w-0 flex-wrap gap-x-2 break-words">
        {children}
        {differs && <span className="text-warn">≠ differs</span>}
      </dd>
    </>
  );
}
