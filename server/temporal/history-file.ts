/** The SQLite file that holds every run of an embedded server. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

/** A server that was killed a moment ago lets go of its file within this time. */
const releaseMs = 5_000;

/**
 * Makes sure that no server has the file open (two would both accept work and lose it), and removes a file whose
 * first start was cut off: the server takes half a schema for a whole one. Throws where somebody has it open.
 */
export async function prepareHistoryFile(file: string): Promise<void> {
  if (!existsSync(file)) return;
  if (!isComplete(file))
    await Promise.all(['', '-wal', '-shm', '-journal'].map((end) => rm(`${file}${end}`, { force: true })));
}

function isComplete(file: string): boolean {
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${releaseMs}`);
    leaveWal(database, file);
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'namespaces'").get();
    // Runs live in namespaces that were made once the server was up; before that nothing can be lost.
    return (
      table !== undefined &&
      database.prepare("SELECT 1 FROM namespaces WHERE name <> 'temporal-system'").get() !== undefined
    );
  } finally {
    database.close();
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
