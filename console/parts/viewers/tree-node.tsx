import { useState, type ReactNode } from 'react';
import type { BlobRef } from '../../../client/index.ts';
import { entriesOf, pathKey } from './tree-search.ts';
import { isBlobRef } from './views.ts';

type Path = readonly (string | number)[];

export interface TreeState {
  /** Shows what a reference within the value stands for. */
  stored: (label: string, blob: BlobRef) => ReactNode;
  hits: ReadonlySet<string>;
  isOpen: (path: Path, value: object) => boolean;
  turn: (path: Path, isOpen: boolean) => void;
}

const entriesAtOnce = 100;
/** Of a text; the rest is in the other views. */
const charactersShown = 1_000;

export function TreeNode({
  name,
  value,
  path,
  state,
}: {
  name: string | number | null;
  value: unknown;
  path: Path;
  state: TreeState;
}) {
  const [shown, setShown] = useState(entriesAtOnce);
  const isHit = state.hits.has(pathKey(path));
  const nameText = name === null ? null : <Name name={name} isHit={isHit} />;
  if (typeof value !== 'object' || value === null) {
    return (
      <li className="break-words pl-5">
        {nameText}
        <Leaf value={value} isHit={isHit} />
      </li>
    );
  }
  if (isBlobRef(value)) {
    return (
      <li className="pl-5">
        {nameText}
        {state.stored(name === null ? 'Stored' : String(name), value)}
      </li>
    );
  }
  const entries = entriesOf(value);
  const isList = Array.isArray(value);
  const summary = isList ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) {
    return (
      <li className="pl-5">
        {nameText}
        <span className="text-muted">{isList ? '[]' : '{}'}</span>
      </li>
    );
  }
  const isOpen = state.isOpen(path, value);
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        className="min-h-[24px] rounded pr-1 text-left hover:bg-raised"
        onClick={() => state.turn(path, !isOpen)}
      >
        <span aria-hidden="true" className="inline-block w-5 text-center text-muted">
          {isOpen ? '▾' : '▸'}
        </span>
        {nameText}
        <span className="text-muted">{summary}</span>
      </button>
      {isOpen && (
        <ul className="ml-2.5 border-l border-line pl-1.5">
          {entries.slice(0, shown).map(([key, child]) => (
            <TreeNode key={key} name={key} value={child} path={[...path, key]} state={state} />
          ))}
          {entries.length > shown && (
            <li className="pl-5">
              <button
                type="button"
                className="min-h-[24px] text-accent underline"
                onClick={() => setShown(shown + entriesAtOnce)}
              >
                {entries.length - shown} more
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Name({ name, isHit }: { name: string | number; isHit: boolean }) {
  return (
    <>
      <span className={isHit ? 'bg-raised font-semibold text-accent' : 'text-accent'}>{name}</span>
      <span className="text-muted">: </span>
    </>
  );
}

function Leaf({ value, isHit }: { value: unknown; isHit: boolean }) {
  const look = isHit ? 'bg-raised font-semibold' : '';
  if (typeof value !== 'string') return <span className={`text-busy ${look}`}>{String(value)}</span>;
  const isCut = value.length > charactersShown;
  const some = isCut ? value.slice(0, charactersShown) : value;
  if (value.includes('\n')) {
    return (
      <span className={`my-0.5 block whitespace-pre-wrap border-l-2 border-line pl-2 ${look}`}>
        {some}
        {isCut && <span className="text-muted"> ({value.length} characters in all)</span>}
      </span>
    );
  }
  return (
    <span className={`whitespace-pre-wrap ${look}`}>
      {JSON.stringify(some)}
      {isCut && <span className="text-muted"> ({value.length} characters in all)</span>}
    </span>
  );
}
