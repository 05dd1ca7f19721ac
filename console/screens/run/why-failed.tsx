/** Why the run ended badly or stands still, and what to do about it. */
import type { RunError, RunView } from '../../../client/index.ts';
import { useTimeline } from '../../live/use-timeline.ts';
import { useRunStore } from '../../live/use-run.ts';
import { faultChain, type ChainedFault } from './fault-chain.ts';
import { remedyFor } from './remedies.ts';
import { toStep } from './run-address.ts';
import { TabLink } from './tab-link.tsx';

export function WhyFailed({ state }: { state: RunView }) {
  if (state.status === 'stuck') return <Stuck />;
  if (state.error !== null && state.endedAt !== null) return <Failed error={state.error} />;
  if (state.status === 'timed_out')
    return (
      <Panel title="The run took too long">
        Temporal ended it at its limit of time. See in the timeline what took long.
      </Panel>
    );
  const { cancelling } = state;
  if (cancelling === null) return null;
  return (
    <p className="mb-4 rounded border border-line bg-surface p-3">
      {state.status === 'cancelled' ? 'Cancelled' : 'Being cancelled'} by {cancelling.by}
      {cancelling.reason !== null && `: ${cancelling.reason}`}
    </p>
  );
}

function Failed({ error }: { error: RunError }) {
  const { steps } = useTimeline(useRunStore());
  const [outermost, ...causes] = faultChain(error, steps);
  if (outermost === undefined) return null;
  return (
    <Panel title="Why it failed">
      <FaultLine fault={outermost} />
      {causes.length > 0 && (
        <details className="mt-2">
          <summary className="cursor-pointer py-1 text-accent">
            {causes.length === 1 ? 'One cause' : `${causes.length} causes`}
          </summary>
          <ol className="mt-1 space-y-1 border-l-2 border-line pl-3">
            {causes.map((cause, index) => (
              <li key={index}>
                <FaultLine fault={cause} />
              </li>
            ))}
          </ol>
        </details>
      )}
      <p className="mt-2">
        <span className="font-medium">What to do: </span>
        {remedyFor(error.code)}
      </p>
    </Panel>
  );
}

function FaultLine({ fault: { of, code, message, step } }: { fault: ChainedFault }) {
  return (
    <p className="whitespace-pre-wrap break-words">
      <span className="text-muted">{of}: </span>
      <span className="text-bad">{message}</span> <code className="text-sm">({code})</code>
      {step !== null && (
        <>
          {' '}
          <TabLink tab="timeline" changes={toStep(step)} className="whitespace-nowrap text-accent underline">
            {step}
          </TabLink>
        </>
      )}
    </p>
  );
}

function Stuck() {
  const { timeline } = useTimeline(useRunStore());
  return (
    <Panel title="The run stands still">
      <p className="whitespace-pre-wrap break-words text-bad">{timeline?.now.stuck?.message}</p>
      <p className="mt-2">
        <span className="font-medium">What to do: </span>
        The code of the blueprint keeps failing, or no longer does what the history of the run says. Verify the run to
        see where. Deploy code that fits, and the run goes on by itself; or reset it to a step, on the code of today.
      </p>
    </Panel>
  );
}

function Panel({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="mb-4 rounded border border-bad bg-surface p-3">
      <h2 className="mb-1 font-semibold">{title}</h2>
      {children}
    </section>
  );
}
