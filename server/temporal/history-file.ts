/** `history.sqlite`: every run of an embedded server. */
import { existsSync } from 'node:fs';
import { historySchema, migrateFile } from './migrate-database.ts';
import { openAlone } from './open-alone.ts';
import { removeDatabase } from './remove-database.ts';

/**
 * Removes a file whose first start was cut off: the server takes half a schema for a whole one. One of an older server is
 * migrated; what was made anew in it is returned. Throws where somebody has it open, or a newer server has written it.
 */
export async function prepareHistoryFile(file: string): Promise<string[]> {
  if (!existsSync(file)) return [];
  const migrated = migrateIfComplete(file);
  if (migrated === null) await removeDatabase(file);
  return migrated ?? [];
}

/** null: nothing in it can be lost. */
function migrateIfComplete(file: string): string[] | null {
  const database = openAlone(file);
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'namespaces'").get();
    // Runs live in namespaces that were made once the server was up; before that nothing can be lost.
    const isComplete =
      table !== undefined &&
      database.prepare("SELECT 1 FROM namespaces WHERE name <> 'temporal-system'").get() !== undefined;
    return isComplete ? migrateFile(database, file, historySchema()) : null;
  } finally {
    database.close();
  }
}
