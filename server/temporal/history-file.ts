/** The SQLite file that holds every run of an embedded server. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { migrateHistory } from './migrate-history.ts';
import { serverVersion } from './version.ts';

/** A server that was killed a moment ago lets go of its file within this time. */
const releaseMs = 5_000;

/**
 * Makes sure that no server has the file open (two would both accept work and lose it), and removes a file whose
 * first start was cut off: the server takes half a schema for a whole one. One of an older server is migrated; what was
 * made anew in it is returned. Throws where somebody has it open, or a newer server has written it.
 */
export async function prepareHistoryFile(file: string): Promise<string[]> {
  if (!existsSync(file)) return [];
  const migrated = migrateIfComplete(file);
  if (migrated === null)
    await Promise.all(['', '-wal', '-shm', '-journal'].map((end) => rm(`${file}${end}`, { force: true })));
  return migrated ?? [];
}

/** null: nothing in it can be lost. */
function migrateIfComplete(file: string): string[] | null {
  // The server's own schema writes its strings so.
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${releaseMs}`);
    leaveWal(database, file);
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'namespaces'").get();
    // Runs live in namespaces that were made once the server was up; before that nothing can be lost.
    const isComplete =
      table !== undefined &&
      database.prepare("SELECT 1 FROM namespaces WHERE name <> 'temporal-system'").get() !== undefined;
    return isComplete ? migrate(database, file) : null;
  } finally {
    database.close();
  }
}

function migrate(database: DatabaseSync, file: string): string[] {
  try {
    return migrateHistory(database);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${file} cannot be brought to the schema of Temporal server ${serverVersion}: ${why}. Nothing was changed; ` +
        'start the version of Baton that wrote it, or restore a backup.',
      { cause: error },
    );
  }
}

/** Succeeds only for the one connection to the file. The server goes back to the write-ahead log. */
function leaveWal(database: DatabaseSync, file: string): void {
  try {
    const mode = database.prepare('PRAGMA journal_mode = DELETE').get()?.['journal_mode'];
    if (mode === 'delete') return;
  } catch (error) {
    throw new Error(`${file} is open in another process, most likely a Temporal server; stop it first`, {
      cause: error,
    });
  }
  throw new Error(`${file} is open in another process, most likely a Temporal server; stop it first`);
}
