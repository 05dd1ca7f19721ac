/**
 * A bundle is a gzip of lines of JSON:
 *
 *   {"bundle": header}                                 the first
 *   {"entry": name, "value": …}                        a line of an entry; lines of several entries may alternate
 *   {"entry": name, "type": …, "base64": …}            a piece of a blob
 *   {"manifest": {"entries": [...], "digest": …}}      the last
 *
 * An entry's digest is the SHA-256 of its lines as they stand there, each with its line feed; the digest of the whole that
 * of the header's line and of what the manifest says of the entries. They find damage and alterations; against somebody who
 * forges all of it, compare the digest of the file with what the exporter has printed.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { pendingStepSchema, timelineSchema } from '../../protocol/schemas/timeline.ts';

export const bundleFormat = 1;

export const headerSchema = z.object({
  format: z.int(),
  run: z.string(),
  blueprint: z.string(),
  exportedAt: z.string(),
  /** Of Baton. */
  version: z.string(),
  redacted: z.boolean(),
});
export type BundleHeader = z.infer<typeof headerSchema>;

/** Below a folder, whatever a bundle says. */
export const historyNamePattern = /^histories\/(\d{4,6})-([A-Za-z0-9-]{1,64})\.json$/;
export const blobNamePattern = /^blobs\/([0-9a-f]{64}-[0-9a-f]{8})$/;
export const entryNames = { events: 'events.ndjson', state: 'state.json', now: 'now.json' } as const;

export const historyName = (index: number, runId: string): string =>
  `histories/${String(index + 1).padStart(4, '0')}-${runId}.json`;

export function isEntryName(name: string): boolean {
  return (
    historyNamePattern.test(name) ||
    blobNamePattern.test(name) ||
    (Object.values(entryNames) as string[]).includes(name)
  );
}

const entryDigestSchema = z.object({ name: z.string(), lines: z.int(), sha256: z.string() });
export type EntryDigest = z.infer<typeof entryDigestSchema>;

export const manifestSchema = z.object({ entries: z.array(entryDigestSchema), digest: z.string() });

export const lineSchema = z.union([
  z.object({ entry: z.string(), value: z.unknown(), base64: z.undefined().optional() }),
  z.object({ entry: z.string(), type: z.string(), base64: z.string() }),
]);

/** What the histories do not have: how the run stood with the server. */
export const nowSchema = z.object({
  isStuck: z.boolean(),
  pending: z.array(pendingStepSchema),
  forks: timelineSchema.shape.forks,
});
export type BundleNow = z.infer<typeof nowSchema>;

/** Of lines, each with its line feed, as they are written or read. */
export class EntryDigests {
  private readonly known = new Map<string, { lines: number; hash: ReturnType<typeof createHash> }>();

  take(name: string, line: string | Uint8Array): void {
    const entry = this.known.get(name) ?? { lines: 0, hash: createHash('sha256') };
    this.known.set(name, entry);
    entry.lines++;
    entry.hash.update(line);
  }

  /** Once, at the end. */
  entries(): EntryDigest[] {
    return [...this.known].map(([name, { lines, hash }]) => ({ name, lines, sha256: hash.digest('hex') }));
  }
}

export function wholeDigest(headerLine: string | Uint8Array, entries: readonly EntryDigest[]): string {
  const told = entries.map(({ name, lines, sha256 }) => [name, lines, sha256]);
  return createHash('sha256').update(headerLine).update(JSON.stringify(told)).digest('hex');
}
