/** How the installation stands: runs, workers, gateways, Temporal, and what the doctor finds. */
import { settings } from '../../app/settings.ts';
import { useMe } from '../../app/me.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { AgentLogs } from './agent-logs.tsx';
import { Charts } from './charts.tsx';
import { FindingsCard } from './findings.tsx';
import { Gateways } from './gateways.tsx';
import { Queues } from './queues.tsx';
import { RunsByStatus } from './runs-by-status.tsx';
import { nameOf } from './samples.ts';
import { TemporalCard } from './temporal-card.tsx';
import { useSystem } from './use-system.ts';

export function SystemScreen() {
  const { me, isOps } = useMe();
  const { data, error } = useSystem(isOps);
  if (me !== undefined && !isOps)
    return (
      <Page title="System">
        <p>This needs the role ops.</p>
      </Page>
    );
  return (
    <Page
      title="System"
      aside={
        <>
          <a href="/docs" className="text-accent underline">
            API
          </a>
          <a href="/metrics" className="text-accent underline">
            Metrics
          </a>
          {settings.authentication && (
            <span className="text-sm text-muted">(metrics: with a token of the role ops)</span>
          )}
        </>
      }
    >
      {error && <Fault error={error} />}
      <div className="space-y-4">
        {isOps && <RunsByStatus />}
        {data !== undefined && (
          <>
            <Charts samples={data.samples} gateways={data.system.gateways.map(nameOf)} />
            <Queues queues={data.system.taskQueues} />
            <div className="grid gap-4 lg:grid-cols-2">
              <Gateways gateways={data.system.gateways} />
              <TemporalCard temporal={data.system.temporal} />
            </div>
          </>
        )}
        {isOps && <FindingsCard />}
        {isOps && <AgentLogs />}
      </div>
    </Page>
  );
}
