/** Writes a run as a bundle, piece by piece: however large it is, a page of it is in memory at a time. */
import { createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Payload } from '@temporalio/common';
import { BatonError } from '../../protocol/errors.ts';
import { bundleBlobPieceBytes } from '../../protocol/limits.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { version } from '../../runtime/version.ts';
import type { BlobStore } from '../../stores/blobs/blob-store.ts';
import { ExecutionReader, type ReadContext } from '../history/execution-reader.ts';
import type { HistoryEvent } from '../history/history-service.ts';
import {
  bundleFormat,
  EntryDigests,
  entryNames,
  historyName,
  wholeDigest,
  type BundleHeader,
  type BundleNow,
} from './bundle-format.ts';
import { plainEntries } from './plain-history.ts';
import { redactText, redactValue } from './redact.ts';

export interface BundleSource {
  run: string;
  blueprint: string;
  /** Of its executions, oldest first. */
  runIds: readonly string[];
  now: BundleNow;
  reading: ReadContext;
  blobs: BlobStore;
  open: (payload: Payload) => Payload | Promise<Payload>;
  redacts: boolean;
}

/** Gzipped. What fails on the way destroys the stream with its error. */
export function bundleStream(source: BundleSource): Readable {
  const lines = Readable.from(bundleLines(source), { objectMode: false, highWaterMark: 64 * 1024 });
  const gzip = createGzip();
  lines.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => lines.destroy());
  return lines.pipe(gzip);
}

export async function* bundleLines(source: BundleSource): AsyncGenerator<Buffer, void, undefined> {
  const { run, blueprint, redacts } = source;
  const digests = new EntryDigests();
  const line = (entry: string, fields: object): Buffer => {
    const bytes = Buffer.from(`${JSON.stringify({ entry, ...fields })}\n`);
    digests.take(entry, bytes);
    return bytes;
  };
  const value = (entry: string, told: unknown) => line(entry, { value: redacts ? redactValue(told) : told });
  const header: BundleHeader = {
    format: bundleFormat,
    run,
    blueprint,
    exportedAt: new Date().toISOString(),
    version,
    redacted: redacts,
  };
  const headerLine = Buffer.from(`${JSON.stringify({ bundle: header })}\n`);
  yield headerLine;
  yield value(entryNames.now, source.now);
  for (const [index, runId] of source.runIds.entries()) {
    const name = historyName(index, runId);
    for await (const { entries, events, reader, isLast } of pagesOf(source, runId)) {
      for (const entry of await plainEntries(entries, source)) yield line(name, { value: entry });
      for (const event of events) yield value(entryNames.events, event);
      if (isLast && index === source.runIds.length - 1) yield value(entryNames.state, reader.projection.state);
    }
  }
  for (const ref of await source.blobs.list(run)) {
    for await (const piece of blobPieces(source, ref)) yield line(`blobs/${ref}`, piece);
  }
  const entries = digests.entries();
  yield Buffer.from(`${JSON.stringify({ manifest: { entries, digest: wholeDigest(headerLine, entries) } })}\n`);
}

interface HistoryPage {
  entries: HistoryEvent[];
  events: RunEvent[];
  reader: ExecutionReader;
  isLast: boolean;
}

async function* pagesOf({ reading, run }: BundleSource, runId: string): AsyncGenerator<HistoryPage, void, undefined> {
  let entries: HistoryEvent[] = [];
  const reader = new ExecutionReader(reading, run, runId, { onEntry: (entry) => void entries.push(entry) });
  for (let isLast = false; !isLast;) {
    entries = [];
    const page = await reader.next(false);
    ({ isLast } = page);
    yield { entries, events: page.events, reader, isLast };
  }
}

/** Texts lose their secrets; what is neither JSON nor text is passed on as it is. */
async function* blobPieces({ blobs, run, redacts }: BundleSource, ref: string) {
  const { bytes, type } = await blobs.stat(run, ref);
  if (redacts && /^(?:text\/|application\/(?:[\w.+-]*json|xml|x-ndjson))/i.test(type)) {
    const clean = Buffer.from(cleanText(Buffer.from(await blobs.get(run, ref)).toString('utf8'), type));
    for (let from = 0; from === 0 || from < clean.length; from += bundleBlobPieceBytes)
      yield { type, base64: clean.subarray(from, from + bundleBlobPieceBytes).toString('base64') };
    return;
  }
  for (let from = 0; from === 0 || from < bytes; from += bundleBlobPieceBytes) {
    const piece = await blobs.get(run, ref, { from, to: Math.min(bytes, from + bundleBlobPieceBytes) });
    yield { type, base64: Buffer.from(piece).toString('base64') };
  }
}

function cleanText(text: string, type: string): string {
  if (!/json/i.test(type)) return redactText(text);
  try {
    return JSON.stringify(redactValue(JSON.parse(text)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return redactText(text);
  }
}

/** Executions of the run that are there, oldest first. Errors: run_not_found. */
export async function executionsOf(reading: ReadContext, run: string, newest: string): Promise<string[]> {
  const runIds: string[] = [];
  for (let runId: string | null = newest; runId !== null;) {
    const reader: ExecutionReader = new ExecutionReader(reading, run, runId);
    try {
      await reader.next(false);
    } catch (error) {
      const isPast = runIds.length > 0 && error instanceof BatonError && error.code === 'run_not_found';
      if (!isPast) throw error;
      return runIds;
    }
    runIds.unshift(runId);
    runId = reader.projection.predecessor;
  }
  return runIds;
}
