/** What a backup consists of. It is written last: a folder without it is no backup. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { serverVersion } from '../temporal/version.ts';
import { BackupError } from './backup-error.ts';

export const manifestName = 'baton-backup.json';
const format = 1;

/** Below the folder, whatever a manifest says. */
const pathSchema = z
  .string()
  .max(1_000)
  .refine((path) => path.split('/').every((part) => !['', '.', '..'].includes(part) && !/[\\:\p{Cc}]/u.test(part)));

const entrySchema = z.object({ path: pathSchema, bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type BackupEntry = z.infer<typeof entrySchema>;

const contentSchema = z.object({
  format: z.int(),
  baton: z.string(),
  temporalServer: z.string(),
  /** ISO 8601. Every run that was acknowledged before `begunAt` is in it. */
  begunAt: z.string(),
  endedAt: z.string(),
  files: z.array(entrySchema),
});
export type Manifest = z.infer<typeof contentSchema>;

/** `digest` is the SHA-256 of the rest. It finds damage; against somebody who forges, keep the backup where nobody can. */
const manifestSchema = contentSchema.extend({ digest: z.string() });

export function writeManifest(content: Omit<Manifest, 'format' | 'baton' | 'temporalServer'>): string {
  const manifest = { format, baton: batonVersion(), temporalServer: serverVersion, ...content };
  return `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, null, 1)}\n`;
}

/** Throws a `BackupError` where it is damaged, or from a version that this one does not know. */
export function readManifest(text: string, folder: string): Manifest {
  const damaged = `${join(folder, manifestName)} is damaged, or was altered`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BackupError(damaged, { cause: error });
  }
  const written = (json as { format?: unknown } | null)?.format;
  if (typeof written === 'number' && written > format)
    throw new BackupError(`${folder} has format ${written}, this version of Baton knows ${format}: use the newer one`);
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw new BackupError(damaged, { cause: parsed.error });
  const { digest, ...content } = parsed.data;
  if (digest !== digestOf(content)) throw new BackupError(damaged);
  requireKnown('Baton', content.baton, batonVersion(), folder);
  requireKnown('the Temporal server', content.temporalServer, serverVersion, folder);
  return content;
}

function requireKnown(what: string, found: string, known: string, folder: string): void {
  if (!isNewer(found, known)) return;
  throw new BackupError(`${folder} is from ${what} ${found}, newer than ${known} here: restore it with that version`);
}

function isNewer(found: string, known: string): boolean {
  return found.localeCompare(known, 'en', { numeric: true }) > 0;
}

function digestOf({ format: number, baton, temporalServer, begunAt, endedAt, files }: Manifest): string {
  const lines = files.map(({ path, bytes, sha256 }) => [path, bytes, sha256]);
  const text = JSON.stringify([number, baton, temporalServer, begunAt, endedAt, lines]);
  return createHash('sha256').update(text).digest('hex');
}

function batonVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
