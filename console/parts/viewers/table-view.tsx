import { useState } from 'react';
import { Button } from '../button.tsx';
import { columnsOf } from './views.ts';

const rowsAtOnce = 200;

/** A list of flat objects. */
export function TableView({ rows, label }: { rows: readonly Record<string, unknown>[]; label: string }) {
  const [shown, setShown] = useState(rowsAtOnce);
  const columns = columnsOf(rows);
  return (
    <>
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="max-h-[32rem] overflow-auto rounded border border-line bg-surface"
      >
        <table className="w-full text-left text-sm">
          <thead className="sticky top-0 bg-raised">
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className="px-2 py-1 font-medium">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, index) => (
              <tr key={index} className="border-t border-line align-top">
                {columns.map((column) => (
                  <td key={column} className="max-w-md break-words px-2 py-1 tabular-nums">
                    {cellText(row[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <Button className="mt-1 text-sm" onPress={() => setShown(shown + rowsAtOnce)}>
          More ({rows.length - shown} rows)
        </Button>
      )}
    </>
  );
}

function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return '–';
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
