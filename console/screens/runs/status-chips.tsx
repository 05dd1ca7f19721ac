/** How many there are of each status; a click filters by it, several go together. */
import type { RunCount } from '../../../client/index.ts';
import { statusLooks } from '../../parts/status-looks.ts';
import { runStatuses, toggledStatus } from './run-search.ts';
import { statusWord } from './status-mark.tsx';
import { useFilter } from './use-filter.ts';

/** Told even where there are none, so that the chips stay in their places. */
const always: ReadonlySet<string> = new Set([
  'running',
  'waiting',
  'paused',
  'stuck',
  'completed',
  'failed',
  'cancelled',
]);

export function StatusChips({ count }: { count: RunCount | undefined }) {
  const { search, change } = useFilter();
  const chosen = new Set(search['status']?.split(',').filter(Boolean));
  const shown = runStatuses.filter((status) => always.has(status) || chosen.has(status) || count?.byStatus[status]);
  return (
    <div role="group" aria-label="Status" className="flex gap-1.5 overflow-x-auto py-0.5 sm:flex-wrap">
      <Chip isOn={chosen.size === 0} onClick={() => change({ status: null })} word="all" count={count?.total} />
      {shown.map((status) => (
        <Chip
          key={status}
          isOn={chosen.has(status)}
          onClick={() => change({ status: toggledStatus(search, status) })}
          word={statusWord(status)}
          sign={statusLooks[status].sign}
          colour={statusLooks[status].colour}
          count={count && (count.byStatus[status] ?? 0)}
        />
      ))}
    </div>
  );
}

interface ChipProps {
  isOn: boolean;
  onClick: () => void;
  word: string;
  sign?: string;
  colour?: string;
  count: number | undefined;
}

function Chip({ isOn, onClick, word, sign, colour = '', count }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={`inline-flex min-h-8 shrink-0 items-center gap-1 whitespace-nowrap rounded-full border px-3 text-sm ${isOn ? 'border-accent bg-raised font-medium' : 'border-line bg-surface hover:bg-raised'}`}
    >
      {sign !== undefined && (
        <span aria-hidden="true" className={`inline-block w-4 text-center ${colour}`}>
          {sign}
        </span>
      )}
      {word} <span className="min-w-4 text-right tabular-nums text-muted">{count?.toLocaleString() ?? '…'}</span>
    </button>
  );
}
