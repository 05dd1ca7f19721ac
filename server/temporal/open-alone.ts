/** Opens an SQLite file of the embedded server while that is down. */
import { DatabaseSync } from 'node:sqlite';

/** A server that was killed a moment ago lets go of its files within this time. */
const releaseMs = 5_000;
/** SQLITE_BUSY, SQLITE_LOCKED. */
const takenCodes: readonly unknown[] = [5, 6];

/**
 * Made where there is none. Out of the write-ahead log, to which the server goes back: so a transaction over two such files is
 * whole or not at all. Throws where another process has it open (two servers would both accept work and lose it).
 */
export function openAlone(file: string): DatabaseSync {
  // The server's own schema writes its strings so.
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${releaseMs}`);
    leaveWal(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Succeeds only for the one connection to the file. */
function leaveWal(database: DatabaseSync, file: string): void {
  let taken: unknown;
  try {
    const mode = database.prepare('PRAGMA journal_mode = DELETE').get()?.['journal_mode'];
    if (mode === 'delete') return;
  } catch (error) {
    if (!takenCodes.includes((error as { errcode?: unknown }).errcode))
      throw new Error(`${file} cannot be opened: ${String(error)}`, { cause: error });
    taken = error;
  }
  throw new Error(`${file} is open in another process, most likely a Temporal server; stop it first`, { cause: taken });
}
