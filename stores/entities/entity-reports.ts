/**
 * The store of reported entities, in `entities.sqlite` of the data folder: what is shipped, and what was reported since.
 * Any number of processes may have it open; whatever one commits, the next call of another sees. Every call is
 * synchronous and short.
 */
import { join, resolve } from 'node:path';
import { openDatabase } from '../knowledge/database.ts';
import type { EntityKind } from './entity-kind.ts';
import { shippedReports } from './shipped-reports.ts';

export interface EntityReport {
  kind: EntityKind;
  /** Phones as E.164, domains and mails in lower case. */
  entity: string;
  note: string | null;
  /** How often it was reported; 0 where it is only shipped. */
  count: number;
}

export interface EntityReports extends Disposable {
  /** The first of the names that is reported; null where none is. */
  find(kind: EntityKind, names: readonly string[]): EntityReport | null;
  /** From now on it is found. The newest note stays. */
  report(report: { kind: EntityKind; entity: string; note?: string; by: string; at: string }): EntityReport;
  close(): void;
}

const schema = {
  version: 1,
  sql: `
CREATE TABLE report (
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  note TEXT,
  count INTEGER NOT NULL,
  reported_by TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  PRIMARY KEY (kind, entity)
) WITHOUT ROWID;
`,
};

const shipped = new Map(shippedReports.map(({ kind, entity, note }) => [`${kind} ${entity}`, { kind, entity, note }]));

/** Creates the file if need be. */
export function openEntityReports(dataDir: string): EntityReports {
  const database = openDatabase(join(resolve(dataDir), 'entities.sqlite'), schema);
  const select = database.prepare('SELECT note, count FROM report WHERE kind = ? AND entity = ?');
  const upsert = database.prepare(`
    INSERT INTO report (kind, entity, note, count, reported_by, first_at, last_at) VALUES (?, ?, ?, 1, ?, ?, ?)
    ON CONFLICT (kind, entity) DO UPDATE SET count = count + 1, last_at = excluded.last_at,
      note = coalesce(excluded.note, note)
  `);
  const findOne = (kind: EntityKind, entity: string): EntityReport | null => {
    const row = select.get(kind, entity);
    if (row) return { kind, entity, note: textOrNull(row['note']), count: Number(row['count']) };
    const known = shipped.get(`${kind} ${entity}`);
    return known ? { ...known, count: 0 } : null;
  };
  const close = () => {
    if (database.isOpen) database.close();
  };
  return {
    find: (kind, names) => {
      for (const name of names) {
        const found = findOne(kind, name);
        if (found) return found;
      }
      return null;
    },
    report: ({ kind, entity, note, by, at }) =>
      database.write(() => {
        upsert.run(kind, entity, note ?? null, by, at, at);
        return findOne(kind, entity) ?? { kind, entity, note: note ?? null, count: 1 };
      }),
    close,
    [Symbol.dispose]: close,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
