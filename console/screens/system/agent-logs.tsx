/** What agents write with the log of their context, over all runs; followed while it is open. */
import { useLogLines } from '../../live/use-log-lines.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { LevelSelect, levelOf } from '../../parts/log-lines/level-select.tsx';
import { LogList } from '../../parts/log-lines/log-list.tsx';
import { TypedFilter } from '../../parts/typed-filter.tsx';
import { useRunSearch } from '../run/use-run-search.ts';

export function AgentLogs() {
  const [search, change] = useRunSearch();
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
      {isOpen && <Followed />}
    </section>
  );
}

function Followed() {
  const [search, change] = useRunSearch();
  const { agent = '' } = search;
  const level = levelOf(search['level']);
  const followed = useLogLines(`${level} ${agent}`, (at) =>
    client.systemLogs({ ...at, level, ...(agent !== '' && { agent }) }),
  );
  return (
    <>
      <div role="search" aria-label="Logs of agents" className="mb-2 flex flex-wrap items-center gap-2">
        <LevelSelect value={level} onChange={(next) => change({ level: next })} />
        <TypedFilter
          label="Agent"
          placeholder="Agent, as in crawler"
          value={agent}
          onCome={(text) => change({ agent: text })}
        />
      </div>
      <LogList {...followed} label="Lines, newest first" showsRun />
    </>
  );
}
