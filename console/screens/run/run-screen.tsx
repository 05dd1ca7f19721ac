import { Link, useParams } from '@tanstack/react-router';
import { RunContext, runStore, useRun } from '../../live/use-run.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { Progress } from '../../parts/progress.tsx';
import { Status } from '../../parts/status.tsx';
import { ConnectionSign } from './connection-sign.tsx';
import { EventLog } from './event-log.tsx';

export function RunScreen() {
  const { run = '' } = useParams({ strict: false });
  const store = runStore(run);
  const { state, error, connection, retryInMs } = useRun(store);
  if (error?.code === 'run_not_found') {
    return (
      <Page title="No such run">
        <p>
          There is no run <code>{run}</code>, or it is not yours to see.
        </p>
        <Link to="/runs" search={{}} className="text-accent underline">
          All runs
        </Link>
      </Page>
    );
  }
  return (
    <RunContext value={store}>
      <Page title={run} aside={<ConnectionSign connection={connection} retryInMs={retryInMs} />}>
        {error && <Fault error={error} />}
        {state && (
          <>
            <div className="mb-4 grid gap-2 rounded border border-line bg-surface p-3 sm:grid-cols-3">
              <Status status={state.status} />
              <span className="text-muted">{state.blueprint}</span>
              <Progress fraction={state.progress} label="Progress of the run" />
            </div>
            <EventLog />
          </>
        )}
      </Page>
    </RunContext>
  );
}
