/**
 * A lock that one process at a time can hold and that dies with it, `kill -9` included: an SQLite write lock, which is
 * the operating system's own file lock. Beside it lies a note that says whose it is.
 * Not for network file systems, whose locks can't be relied on.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const holderSchema = z.object({ pid: z.int(), since: z.string(), port: z.int().optional() });

/** `since` is ISO 8601; `port` is where the holder can be reached, when it has one. */
export type LockHolder = z.infer<typeof holderSchema>;

export interface Lock extends Disposable {
  /** Renews the note. */
  describe(holder: LockHolder): void;
}

/** The lock, or who has it; null where the holder has not left its note yet. */
export type LockAttempt = { lock: Lock } | { heldBy: LockHolder | null };

/** `file` is made with the folders above it; it stays when the lock is let go. */
export function tryLock(file: string, holder: LockHolder): LockAttempt {
  mkdirSync(dirname(file), { recursive: true });
  const note = `${file}.json`;
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return { heldBy: readNote(note) };
    throw new Error(`cannot lock ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const describe = (present: LockHolder): void => writeFileSync(note, `${JSON.stringify(present)}\n`);
  describe(holder);
  return { lock: { describe, [Symbol.dispose]: () => database.close() } };
}

/** Who has the lock, as in `LockAttempt`; null where nobody has. It takes nothing and makes no file. */
export function holderOf(file: string): { heldBy: LockHolder | null } | null {
  if (!existsSync(file)) return null;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return null;
  } catch (error) {
    if (isBusy(error)) return { heldBy: readNote(`${file}.json`) };
    throw error;
  } finally {
    database.close();
  }
}

export function describeHolder(holder: LockHolder | null): string {
  if (holder === null) return 'another process';
  const port = holder.port === undefined ? '' : `, port ${holder.port}`;
  return `process ${holder.pid} (since ${holder.since}${port})`;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6);
}

function readNote(note: string): LockHolder | null {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(readFileSync(note, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
