import { Link, useParams } from '@tanstack/react-router';
import { RunContext, runStore, useRun } from '../../live/use-run.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { ConnectionSign } from '../../parts/connection-sign.tsx';
import { CopyButton } from './copy-button.tsx';
import { DataTab } from './data/data-tab.tsx';
import { EventsTab } from './events/events-tab.tsx';
import { HistoryTab } from './history/history-tab.tsx';
import { LogsTab } from './logs/logs-tab.tsx';
import { OpenQuestions } from './open-questions.tsx';
import { OverviewTab } from './overview/overview-tab.tsx';
import { RunRepair } from './repair/run-repair.tsx';
import { RunHeader } from './run-header.tsx';
import { RunTabs } from './run-tabs.tsx';
import { TimelineTab } from './timeline/timeline-tab.tsx';
import { WhyFailed } from './why-failed.tsx';

const tabs: Readonly<Record<string, React.ComponentType>> = {
  overview: OverviewTab,
  timeline: TimelineTab,
  events: EventsTab,
  logs: LogsTab,
  data: DataTab,
  history: HistoryTab,
};

export function RunScreen() {
  const { run = '', tab = 'overview' } = useParams({ strict: false });
  const store = runStore(run);
  const { state, live, error, connection, retryInMs } = useRun(store);
  if (error?.code === 'run_not_found') return <NoSuchRun run={run} />;
  const Tab = (Object.hasOwn(tabs, tab) ? tabs[tab] : undefined) ?? OverviewTab;
  return (
    <RunContext value={store}>
      <Page
        title={run}
        beside={<CopyButton text={run} label="Copy the id of the run" />}
        aside={<ConnectionSign connection={connection} retryInMs={retryInMs} />}
      >
        {error && <Fault error={error} />}
        {state && (
          <>
            <RunHeader run={run} state={state} live={live} />
            <RunRepair state={state} />
            <WhyFailed state={state} />
            <OpenQuestions state={state} />
            <RunTabs current={Object.hasOwn(tabs, tab) ? tab : 'overview'} />
            <Tab />
          </>
        )}
      </Page>
    </RunContext>
  );
}

function NoSuchRun({ run }: { run: string }) {
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
