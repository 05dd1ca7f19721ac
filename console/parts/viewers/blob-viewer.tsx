/** What lies stored beside a run: fetched when it is asked for, and only as much as a page can bear. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { BlobRef } from '../../../client/index.ts';
import { Button } from '../button.tsx';
import { Fault } from '../fault.tsx';
import { bytesText } from './bytes-text.ts';
import { DownloadButton } from './download-button.tsx';
import { readBlob, readBlobText } from './read-blob.ts';
import { TextViewer, ValueViewer } from './value-viewer.tsx';
import { kindOfBlob } from './views.ts';

/** Larger ones are shown in part, as text. */
const shownBytes = 2 * 1024 * 1024;

export function BlobViewer({
  label,
  run,
  blob,
  preview,
  name,
}: {
  label: string;
  run: string;
  blob: BlobRef;
  /** Its beginning, where that came along. */
  preview?: string;
  /** Of the file, where it has one: its ending says what it is. */
  name?: string;
}) {
  const [isShown, setShown] = useState(false);
  const kind = kindOfBlob(blob);
  const whyNot = kind === 'binary' ? 'Nothing here can show this type' : null;
  return (
    <div className="font-sans">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <span className="text-muted">
          {bytesText(blob.bytes)}, {blob.type}
        </span>
        {whyNot === null ? (
          <Button className="px-2 py-0.5" onPress={() => setShown(!isShown)} aria-expanded={isShown}>
            {isShown ? 'Hide' : 'Show'}
          </Button>
        ) : (
          <span className="text-muted">{whyNot}</span>
        )}
        <DownloadButton name={name ?? `${label}${endingOf(blob.type)}`} read={() => readBlob(run, blob)} />
      </div>
      {isShown ? (
        <div className="mt-1">
          {kind === 'image' ? (
            <StoredImage label={label} run={run} blob={blob} />
          ) : (
            <StoredText label={label} run={run} blob={blob} name={name ?? ''} />
          )}
        </div>
      ) : (
        preview !== undefined && (
          <p className="mt-1 max-h-24 overflow-hidden whitespace-pre-wrap break-words font-mono text-sm text-muted">
            {preview}
          </p>
        )
      )}
    </div>
  );
}

function StoredText({ label, run, blob, name }: { label: string; run: string; blob: BlobRef; name: string }) {
  const { data, error } = useQuery({
    queryKey: ['blob', run, blob.ref],
    queryFn: ({ signal }) => readBlobText(run, blob, { bytes: shownBytes, signal }),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  if (error) return <Fault error={error} />;
  if (data === undefined) return <p className="text-muted">Loading</p>;
  const isCut = blob.bytes > shownBytes;
  const value = kindOfBlob(blob) === 'json' && !isCut ? parsed(data) : undefined;
  return (
    <>
      {isCut && <p className="mb-1 text-sm text-warn">The first {bytesText(shownBytes)}; download it for the rest.</p>}
      {value === undefined ? (
        <TextViewer label={label} text={data} type={blob.type} name={name} isPart />
      ) : (
        <ValueViewer
          label={label}
          value={value.value}
          isPart
          stored={(within, found) => <BlobViewer label={within} run={run} blob={found} />}
        />
      )}
    </>
  );
}

function StoredImage({ label, run, blob }: { label: string; run: string; blob: BlobRef }) {
  const { data, error } = useQuery({
    queryKey: ['image', run, blob.ref],
    queryFn: ({ signal }) => readBlob(run, blob, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  if (error) return <Fault error={error} />;
  if (url === null) return <p className="text-muted">Loading</p>;
  return <img src={url} alt={label} className="max-h-[32rem] max-w-full rounded border border-line" />;
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // It calls itself JSON: it is shown as the text that it is.
    return undefined;
  }
}

function endingOf(type: string): string {
  const endings: Record<string, string> = { 'application/json': '.json', 'text/markdown': '.md', 'text/html': '.html' };
  return endings[type.split(';')[0] ?? ''] ?? (type.startsWith('text/') ? '.txt' : '');
}
