/**
 * `visibility.sqlite`: what an embedded server lists, counts and finds runs by. A file of its own, for the server writes each
 * through one connection: in one file a look at many runs would hold up every step of every run (decision 138).
 *
 * The server makes the tables of visibility in the file of the history, too, on its first start. They are taken out of it at
 * the next: so where they are there, an older Baton, or a first start, has written the history since.
 */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { migrateFile, schemaOf, storedColumns, visibilitySchema, visibilityTable } from './migrate-database.ts';
import { openAlone } from './open-alone.ts';
import { removeDatabase } from './remove-database.ts';

/** The server's own namespace has this id wherever it runs. */
export const systemNamespace = '32049b68-7872-4094-8e63-d0dd59896a83';

/**
 * Makes the file, or migrates one of an older server; and takes over what an older Baton has left in the file of the
 * history, which must have been prepared. What was done is returned. Throws where somebody has one of them open, a newer
 * server has written it, or one of them was taken away from the other.
 */
export async function prepareVisibilityFile(file: string, historyFile: string): Promise<string[]> {
  if (!existsSync(historyFile)) await removeOfNoHistory(file, historyFile);
  const history = existsSync(historyFile) ? openAlone(historyFile) : null;
  try {
    if (history !== null && !existsSync(file)) requireNoneMissing(history, file);
    const migrated = migrateVisibility(file);
    const moved = history !== null && has(history, visibilityTable) ? takeOver(history, historyFile, file) : 0;
    return moved === 0 ? migrated : [...migrated, `${moved} rows of ${visibilityTable}`];
  } finally {
    history?.close();
  }
}

/** What a first start that was cut off has left. */
async function removeOfNoHistory(file: string, historyFile: string): Promise<void> {
  if (!existsSync(file)) return;
  const database = openAlone(file);
  try {
    const isOfRuns =
      has(database, visibilityTable) &&
      database.prepare(`SELECT 1 FROM ${visibilityTable} WHERE namespace_id <> ?`).get(systemNamespace) !== undefined;
    if (isOfRuns)
      throw new Error(
        `${historyFile} is missing, or empty, while ${file} lists its runs. Put it back, or restore a backup; ` +
          'where they are not wanted any more, remove both.',
      );
  } finally {
    database.close();
  }
  await removeDatabase(file);
}

function requireNoneMissing(history: DatabaseSync, file: string): void {
  if (!lacksVisibility(history)) return;
  throw new Error(
    `${file} is missing: without it no list would show the runs that are in the history. ` +
      'Put it back, or restore a backup; an empty file of that name begins with empty lists.',
  );
}

/**
 * Whether it has more executions that nothing lists than the server has tasks to list them. What was lost while as many were
 * still to be listed is not noticed. Those of CHASM need not be in lists, such as what a schedule leaves; older servers have
 * none.
 */
export function lacksVisibility(history: DatabaseSync): boolean {
  const count = (sql: string) => Number(history.prepare(sql).get()?.['n']);
  const shown = has(history, visibilityTable)
    ? `SELECT ${blob('run_id')} FROM ${visibilityTable}`
    : 'SELECT NULL WHERE false';
  const ofChasm = has(history, 'current_chasm_executions')
    ? 'SELECT run_id FROM current_chasm_executions'
    : 'SELECT NULL WHERE false';
  const missing = count(
    `SELECT count(*) AS n FROM executions WHERE run_id NOT IN (${shown}) AND run_id NOT IN (${ofChasm})
      AND namespace_id IN (SELECT id FROM namespaces WHERE name <> 'temporal-system')`,
  );
  return missing > count('SELECT count(*) AS n FROM visibility_tasks');
}

/** What was made anew in one that was there. */
function migrateVisibility(file: string): string[] {
  const database = openAlone(file);
  try {
    const isNew = schemaOf(database).length === 0;
    const migrated = migrateFile(database, file, visibilitySchema());
    return isNew ? [] : migrated;
  } finally {
    database.close();
  }
}

/**
 * Whole or not at all, over both files. Where both have an execution, the later state of it stays; what an older Baton has
 * deleted from the history goes. Returns how many rows were taken.
 */
function takeOver(history: DatabaseSync, historyFile: string, file: string): number {
  try {
    return move(history, file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `What ${historyFile} lists could not be moved to ${file}: ${why}. Nothing was changed; have 7 KB of disk free for each ` +
        'execution, or start the version of Baton that wrote it.',
      { cause: error },
    );
  }
}

function move(history: DatabaseSync, file: string): number {
  const columns = storedColumns(history, visibilityTable);
  const later = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  history.prepare('ATTACH ? AS visibility').run(file);
  history.exec('BEGIN IMMEDIATE');
  try {
    const { changes } = history
      .prepare(
        `INSERT INTO visibility.${visibilityTable} (${columns.join(', ')})
          SELECT ${columns.join(', ')} FROM main.${visibilityTable} WHERE true
          ON CONFLICT (namespace_id, run_id) DO UPDATE SET ${later} WHERE excluded._version > _version`,
      )
      .run();
    history.exec(
      `DELETE FROM visibility.${visibilityTable} AS shown WHERE NOT EXISTS (SELECT 1 FROM main.executions AS kept
        WHERE kept.shard_id = 1 AND kept.namespace_id = ${blob('shown.namespace_id')}
        AND kept.workflow_id = shown.workflow_id AND kept.run_id = ${blob('shown.run_id')})`,
    );
    const tables = schemaOf(history).filter(({ type, name }) => type === 'table' && name.startsWith(visibilityTable));
    for (const { name } of tables) history.exec(`DROP TABLE main.${name}`);
    history.exec('COMMIT');
    return Number(changes);
  } catch (error) {
    // A full disk has rolled it back already.
    if (history.isTransaction) history.exec('ROLLBACK');
    throw error;
  }
}

function has(database: DatabaseSync, table: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
}

/** Visibility has ids as text, the history their bytes. */
function blob(id: string): string {
  return `unhex(replace(${id}, '-', ''))`;
}
