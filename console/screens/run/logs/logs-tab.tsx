/** What the run's agents have written with the log of their context. */
import { client } from '../../../app/client.ts';
import { useLogLines } from '../../../live/use-log-lines.ts';
import { useRunStore } from '../../../live/use-run.ts';
import { LevelSelect, levelOf } from '../../../parts/log-lines/level-select.tsx';
import { LogList } from '../../../parts/log-lines/log-list.tsx';
import { TypedFilter } from '../../../parts/typed-filter.tsx';
import { useRunSearch } from '../use-run-search.ts';

export function LogsTab() {
  const { run } = useRunStore();
  const [search, change] = useRunSearch();
  const { step = '' } = search;
  const level = levelOf(search['level']);
  const followed = useLogLines(`${run} ${level} ${step}`, (at) =>
    client.logs(run, { ...at, level, ...(step !== '' && { step }) }),
  );
  return (
    <section aria-label="Logs of agents">
      <div role="search" aria-label="Logs of agents" className="mb-2 flex flex-wrap items-center gap-2">
        <LevelSelect value={level} onChange={(next) => change({ level: next })} />
        <TypedFilter
          label="Step"
          placeholder="Step, as in codesmith#2"
          value={step}
          onCome={(text) => change({ step: text })}
        />
        <span className="text-sm text-muted">What agents note for themselves; what they tell is under Events.</span>
      </div>
      <LogList {...followed} label="Lines, newest first" />
    </section>
  );
}
