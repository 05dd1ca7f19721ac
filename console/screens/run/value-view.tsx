/** A value of the log: itself, or where it is large its beginning, and the whole when it is asked for. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BlobRef } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { bytesText } from './bytes-text.ts';
import { storedIn } from './stored-value.ts';

export function ValueView({ run, value, label }: { run: string; value: unknown; label: string }) {
  const stored = storedIn(value);
  if (stored === null) return <Json value={value} label={label} />;
  return <Stored run={run} preview={stored.preview} blob={stored.blob} label={label} />;
}

function Stored({ run, preview, blob, label }: { run: string; preview: string; blob: BlobRef; label: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const { data, error, isFetching } = useQuery({
    queryKey: ['blob', run, blob.ref],
    queryFn: async ({ signal }) => {
      const { bytes } = await client.blob(run, blob.ref, { signal });
      return await new Response(bytes).text();
    },
    enabled: isWhole,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  return (
    <>
      {data === undefined && (
        <div className="mb-2 flex flex-wrap items-center gap-3 text-sm">
          <span className="text-muted">
            The beginning of {bytesText(blob.bytes)}, {blob.type}
          </span>
          <Button onPress={() => setIsWhole(true)} isDisabled={isFetching}>
            Show the whole
          </Button>
        </div>
      )}
      {error && <Fault error={error} />}
      <Text text={data === undefined ? preview : pretty(data)} label={label} />
    </>
  );
}

function Json({ value, label }: { value: unknown; label: string }) {
  return <Text text={JSON.stringify(value, null, 2) ?? 'nothing'} label={label} />;
}

function Text({ text, label }: { text: string; label: string }) {
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label={label}
      className="max-h-[28rem] overflow-auto whitespace-pre-wrap break-words rounded bg-raised p-2 font-mono text-[13px]"
    >
      {text}
    </pre>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
