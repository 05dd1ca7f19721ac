/** A value or a text that is at hand, in the view that fits it best; the others that fit stand beside it. */
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { lasting } from '../../app/lasting.ts';
import { CodeView } from './code-view.tsx';
import { CopyButton } from './copy-button.tsx';
import { DownloadButton } from './download-button.tsx';
import { JsonTree } from './json-tree.tsx';
import { TableView } from './table-view.tsx';
import { TextView } from './text-view.tsx';
import type { TreeState } from './tree-node.tsx';
import { isTable, viewLabels, viewsOfText, viewsOfValue, type ViewName } from './views.ts';

const MarkdownView = lazy(lasting(() => import('./markdown-view.tsx')));

export function ValueViewer({
  label,
  value,
  name = '',
  stored,
  isPart = false,
}: {
  label: string;
  value: unknown;
  stored: TreeState['stored'];
  name?: string;
  /** Of what has a button of its own to be downloaded whole. */
  isPart?: boolean;
}) {
  if (typeof value === 'string') return <TextViewer label={label} text={value} name={name} isPart={isPart} />;
  const json = () => JSON.stringify(value, null, 2) ?? '';
  return (
    <Views
      label={label}
      views={viewsOfValue(value)}
      text={json}
      file={isPart ? null : { name: `${label}.json`, type: 'application/json' }}
      isSmall={typeof value !== 'object' || value === null}
      show={(view) => {
        if (view === 'table' && isTable(value)) return <TableView rows={value} label={label} />;
        if (view === 'code') return <CodeView text={json()} label={label} />;
        return <JsonTree value={value} label={label} stored={stored} />;
      }}
    />
  );
}

export function TextViewer({
  label,
  text,
  type = '',
  name = '',
  isPart = false,
}: {
  label: string;
  text: string;
  type?: string;
  name?: string;
  isPart?: boolean;
}) {
  return (
    <Views
      label={label}
      views={viewsOfText(text, { name, type })}
      text={() => text}
      file={isPart ? null : { name: name === '' ? `${label}.txt` : name, type: 'text/plain' }}
      isSmall={text.length < 200 && !text.includes('\n')}
      show={(view) => {
        if (view === 'markdown') return <MarkdownView text={text} label={label} />;
        if (view === 'code') return <CodeView text={text} label={label} />;
        return <TextView text={text} label={label} />;
      }}
    />
  );
}

function Views({
  label,
  views,
  text,
  file,
  isSmall,
  show,
}: {
  label: string;
  views: readonly ViewName[];
  text: () => string;
  /** As it is downloaded; null: it is not. */
  file: { name: string; type: string } | null;
  /** Then it stands alone. */
  isSmall: boolean;
  show: (view: ViewName) => ReactNode;
}) {
  const [chosen, setChosen] = useState<ViewName | null>(null);
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? 'text');
  return (
    <div>
      {!isSmall && (
        <div className="mb-1 flex flex-wrap items-center gap-2 text-sm">
          {views.length > 1 && (
            <select
              aria-label={`How ${label} is shown`}
              className="rounded border border-muted/70 bg-surface px-1.5 py-0.5 text-text"
              value={view}
              onChange={({ target }) => setChosen(target.value as ViewName)}
            >
              {views.map((each) => (
                <option key={each} value={each}>
                  {viewLabels[each]}
                </option>
              ))}
            </select>
          )}
          <CopyButton text={text} />
          {file !== null && (
            <DownloadButton name={file.name} read={() => Promise.resolve(new Blob([text()], { type: file.type }))} />
          )}
        </div>
      )}
      <Suspense fallback={<p className="text-muted">Loading</p>}>{show(view)}</Suspense>
    </div>
  );
}
