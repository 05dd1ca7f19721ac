export const headHeight = 32;

const columns = ['Status', 'Run', 'Blueprint', 'Agent', 'Progress', 'Waiting for', 'Age', 'Took', 'Owner'];
const wideOnly: ReadonlySet<string> = new Set(['Waiting for', 'Took', 'Owner']);

export function RunTableHead({ picks }: { picks: boolean }) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface">
      <div
        role="row"
        aria-rowindex={1}
        className={`runs-grid text-sm text-muted ${picks ? 'picks' : ''}`}
        style={{ height: headHeight - 1 }}
      >
        {picks && (
          <span role="columnheader">
            <span className="sr-only">Pick</span>
          </span>
        )}
        {columns.map((name) => (
          <span key={name} role="columnheader" className={wideOnly.has(name) ? 'hidden min-[72rem]:block' : ''}>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A row that is still to come, or that was there. */
export function BlankRow({ isGone, asCell }: { isGone: boolean; asCell: boolean }) {
  return (
    <span role={asCell ? 'cell' : undefined} className="col-span-full px-2 text-sm text-muted">
      {isGone ? 'no longer in this list' : '…'}
    </span>
  );
}
