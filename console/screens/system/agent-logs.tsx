/** What agents write with the log of their context, over all runs; followed while it is open. */
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { FollowedLogs } from '../../parts/log-lines/followed-logs.tsx';
import { useAddressSearch } from '../../parts/use-address-search.ts';

const byAgent = { key: 'agent', label: 'Agent', placeholder: 'Agent, as in crawler' } as const;

export function AgentLogs() {
  const [search, change] = useAddressSearch();
  const isOpen = search['logs'] === 'open';
  return (
    <section aria-label="Logs of agents" className="min-w-0 rounded border border-line bg-surface p-3">
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">Logs of agents</h2>
        <span className="text-sm text-muted">what they note beside the events of their runs</span>
        <Button
          className="ml-auto !py-0.5"
          aria-expanded={isOpen}
          onPress={() => change({ logs: isOpen ? null : 'open', level: null, agent: null })}
        >
          {isOpen ? 'Hide them' : 'Show and follow them'}
        </Button>
      </div>
      {isOpen && <FollowedLogs name="all" filter={byAgent} read={(query) => client.systemLogs(query)} showsRun />}
    </section>
  );
}
