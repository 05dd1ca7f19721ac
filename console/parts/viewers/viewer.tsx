/**
 * Whatever a run has: a value as it is, or what stands for a large one (`{preview, blob}`, or the reference alone), which
 * is then fetched when it is asked for.
 *
 *   <Viewer label="Result" run={run} value={state.result} />
 */
import { BlobViewer } from './blob-viewer.tsx';
import { ValueViewer } from './value-viewer.tsx';
import { isBlobRef, isStored } from './views.ts';

export function Viewer({
  label,
  run,
  value,
  name,
}: {
  /** What it is: its name for those who do not see it, and of the file when it is downloaded. */
  label: string;
  run: string;
  value: unknown;
  /** Of the file, where it is one: `README.md` is shown as Markdown. */
  name?: string;
}) {
  const named = name === undefined ? {} : { name };
  if (isStored(value))
    return <BlobViewer label={label} run={run} blob={value.blob} preview={value.preview} {...named} />;
  if (isBlobRef(value)) return <BlobViewer label={label} run={run} blob={value} {...named} />;
  if (value === undefined || value === null) return <p className="text-muted">nothing</p>;
  return (
    <ValueViewer
      label={label}
      value={value}
      {...named}
      stored={(within, blob) => <BlobViewer label={within} run={run} blob={blob} />}
    />
  );
}
