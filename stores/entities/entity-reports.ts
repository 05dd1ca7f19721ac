/**
 * The store of reported entities, in `entities.sqlite` of the data folder: what is shipped, and what was reported since.
 * That an entity was reported is everybody's to know; what was written of it is shown to its writer alone.
 * Any number of processes may have it open; whatever one commits, the next call of another sees. Every call is
 * synchronous and short.
 */
import { join, resolve } from 'node:path';
import { openDatabase } from '../sqlite/database.ts';
import type { EntityKind } from './entity-kind.ts';
import { shippedReports } from './shipped-reports.ts';

export interface EntityReport {
  kind: EntityKind;
  /** Phones as E.164, domains and mails in lower case. */
  entity: string;
  /** The reader's own newest, else the one that is shipped. */
  note: string | null;
  /** How often it was reported; 0 where it is only shipped. */
  count: number;
}

/** A principal's name, as of a run's owner; null is whoever comes while authentication is off. */
type Writer = string | null;

export interface EntityReports extends Disposable {
  /** The first of the names that is reported; null where none is. */
  find(kind: EntityKind, names: readonly string[], reader: Writer): EntityReport | null;
  /** From now on it is found. The newest note of each principal stays; the answer is as `by` finds it. */
  report(report: { kind: EntityKind; entity: string; note?: string; by: Writer; at: string }): EntityReport;
  close(): void;
}

const notes = `
CREATE TABLE note (
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  written_by TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (kind, entity, written_by)
) WITHOUT ROWID;
`;

const schema = {
  version: 2,
  sql: `
CREATE TABLE report (
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  count INTEGER NOT NULL,
  reported_by TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  PRIMARY KEY (kind, entity)
) WITHOUT ROWID;
${notes}`,
  upgrades: {
    // Of several reports, version 1 did not keep whose note it was.
    1: `${notes}
UPDATE report SET reported_by = '' WHERE reported_by = 'anonymous';
INSERT INTO note SELECT kind, entity, reported_by, note FROM report WHERE note IS NOT NULL AND count = 1;
ALTER TABLE report DROP COLUMN note;
`,
  },
};

const shipped = new Map(shippedReports.map(({ kind, entity, note }) => [`${kind} ${entity}`, { kind, entity, note }]));

/** Creates the file if need be. */
export function openEntityReports(dataDir: string): EntityReports {
  const database = openDatabase(join(resolve(dataDir), 'entities.sqlite'), schema);
  const select = database.prepare(`
    SELECT count, note.note FROM report
    LEFT JOIN note ON note.kind = report.kind AND note.entity = report.entity AND note.written_by = ?
    WHERE report.kind = ? AND report.entity = ?
  `);
  const count = database.prepare(`
    INSERT INTO report (kind, entity, count, reported_by, first_at, last_at) VALUES (?, ?, 1, ?, ?, ?)
    ON CONFLICT (kind, entity) DO UPDATE SET count = count + 1, last_at = excluded.last_at
  `);
  const keep = database.prepare('INSERT OR REPLACE INTO note (kind, entity, written_by, note) VALUES (?, ?, ?, ?)');
  const findOne = (kind: EntityKind, entity: string, reader: Writer): EntityReport | null => {
    const row = select.get(reader ?? '', kind, entity);
    const known = shipped.get(`${kind} ${entity}`);
    if (!row) return known ? { ...known, count: 0 } : null;
    return { kind, entity, note: textOrNull(row['note']) ?? known?.note ?? null, count: Number(row['count']) };
  };
  const close = () => {
    if (database.isOpen) database.close();
  };
  return {
    find: (kind, names, reader) => {
      for (const name of names) {
        const found = findOne(kind, name, reader);
        if (found) return found;
      }
      return null;
    },
    report: ({ kind, entity, note, by, at }) =>
      database.write(() => {
        count.run(kind, entity, by ?? '', at, at);
        if (note !== undefined) keep.run(kind, entity, by ?? '', note);
        return findOne(kind, entity, by) ?? { kind, entity, note: note ?? null, count: 1 };
      }),
    close,
    [Symbol.dispose]: close,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
