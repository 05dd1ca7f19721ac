/** A JSON value to open piece by piece, with a search within. */
import { useDeferredValue, useMemo, useState } from 'react';
import { TreeNode, type TreeState } from './tree-node.tsx';
import { entriesOf, pathKey, searchTree } from './tree-search.ts';

/** What is as small as this stands open at first. */
const openedEntries = 30;

export function JsonTree({ value, label, stored }: { value: unknown; label: string; stored: TreeState['stored'] }) {
  const [words, setWords] = useState('');
  const sought = useDeferredValue(words);
  const { hits, opened, isCut } = useMemo(() => searchTree(value, sought), [value, sought]);
  /** By path: what the person has opened or closed. */
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const state: TreeState = {
    stored,
    hits,
    isOpen: (path, at) => {
      const key = pathKey(path);
      if (opened.has(key)) return true;
      return turned.get(key) ?? (path.length < 2 && entriesOf(at).length <= openedEntries);
    },
    turn: (path, isOpen) => setTurned((before) => new Map(before).set(pathKey(path), isOpen)),
  };
  const isSmall = typeof value !== 'object' || value === null || entriesOf(value).length < 5;
  return (
    <div>
      {!isSmall && (
        <div className="mb-1 flex flex-wrap items-center gap-2 text-sm">
          <input
            type="text"
            aria-label={`Search in ${label}`}
            placeholder="Search in it"
            className="w-48 rounded border border-muted/70 bg-surface px-2 py-0.5"
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
          <span role="status" className="tabular-nums text-muted">
            {sought !== '' && `${hits.size}${isCut ? ' or more' : ''} found`}
          </span>
        </div>
      )}
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="max-h-[32rem] overflow-auto rounded border border-line bg-surface p-2 font-mono text-sm"
      >
        <ul>
          <TreeNode name={null} value={value} path={[]} state={state} />
        </ul>
      </div>
    </div>
  );
}
