/** Lines that agents have logged, newest first, followed while they are looked at; level and one more filter in the address. */
import type { LogLine, LogLines } from '../../../client/index.ts';
import { useLogLines, type LinesAt } from '../../live/use-log-lines.ts';
import { TypedFilter } from '../typed-filter.tsx';
import { useAddressSearch } from '../use-address-search.ts';
import { LevelSelect, levelOf } from './level-select.tsx';
import { LogList } from './log-list.tsx';

interface FollowedLogsProps {
  /** Whose lines they are: others begin with another name. */
  name: string;
  filter: { key: 'agent' | 'step'; label: string; placeholder: string };
  /** The filter's key is left out where nothing is asked for. */
  read: (query: LinesAt & { level: LogLine['level'] } & { agent?: string; step?: string }) => Promise<LogLines>;
  showsRun?: boolean;
  /** Beside the filters. */
  children?: React.ReactNode;
}

export function FollowedLogs({ name, filter, read, showsRun = false, children }: FollowedLogsProps) {
  const [search, change] = useAddressSearch();
  const { key, ...field } = filter;
  const text = search[key] ?? '';
  const level = levelOf(search['level']);
  const followed = useLogLines(`${name} ${level} ${text}`, (at) =>
    read({ ...at, level, ...(text !== '' && { [key]: text }) }),
  );
  return (
    <>
      <div role="search" aria-label="Logs of agents" className="mb-2 flex flex-wrap items-center gap-2">
        <LevelSelect value={level} onChange={(next) => change({ level: next })} />
        <TypedFilter {...field} value={text} onCome={(next) => change({ [key]: next })} />
        {children}
      </div>
      <LogList {...followed} label="Lines, newest first" showsRun={showsRun} />
    </>
  );
}
