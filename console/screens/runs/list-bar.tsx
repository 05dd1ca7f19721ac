/** Above the rows, of one height whatever it says: how many there are, what is new, and what is picked. */
import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/button.tsx';
import { pickedSearch } from '../jobs/picked.ts';
import { filterPart, type RunSearch } from './run-search.ts';
import { isEmpty, nothingPicked, whyNot, type Selection } from './selection.ts';

interface ListBarProps {
  search: RunSearch;
  total: number | null;
  waiting: number;
  onLetIn: () => void;
  /** null: nothing can be picked. */
  selection: Selection | null;
  onSelection: (selection: Selection) => void;
}

export function ListBar({ search, total, waiting, onLetIn, selection, onSelection }: ListBarProps) {
  return (
    <div className="my-1.5 flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {selection !== null && (
        <label className="inline-flex min-h-6 cursor-pointer items-center gap-2 pl-2.5">
          <input
            type="checkbox"
            className="size-4"
            checked={selection.all}
            onChange={({ target }) => onSelection({ ...nothingPicked, all: target.checked })}
          />
          <span>
            All<span className="hidden sm:inline"> of this filter</span>
          </span>
        </label>
      )}
      <span
        role="status"
        className={`tabular-nums text-muted ${selection !== null && !isEmpty(selection) ? 'max-sm:sr-only' : ''}`}
      >
        {total === null ? '…' : `${total.toLocaleString()} ${total === 1 ? 'run' : 'runs'}`}
      </span>
      {waiting > 0 && (
        <Button className="px-2 py-0.5 tabular-nums" onPress={onLetIn}>
          {waiting} new
        </Button>
      )}
      {selection !== null && !isEmpty(selection) && (
        <span className="ml-auto flex flex-wrap items-center gap-2">
          <Picked selection={selection} search={search} total={total} />
          <Button className="px-2 py-0.5" onPress={() => onSelection(nothingPicked)}>
            Clear
          </Button>
        </span>
      )}
    </div>
  );
}

function Picked({ selection, search, total }: { selection: Selection; search: RunSearch; total: number | null }) {
  const fault = whyNot(selection);
  if (fault !== null) return <span className="text-bad">{fault}</span>;
  const count = selection.all ? total : selection.picked.size;
  return (
    <Link
      to="/jobs/new"
      search={() => (selection.all ? filterPart(search) : pickedSearch([...selection.picked]))}
      className="inline-flex items-center rounded border border-accent bg-accent px-3 py-1 font-medium text-on-accent hover:opacity-90"
    >
      Act on {selection.all ? 'all ' : ''}
      {count?.toLocaleString() ?? ''} {count === 1 ? 'run' : 'runs'}
    </Link>
  );
}
