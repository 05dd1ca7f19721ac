import { setImmediate } from 'node:timers/promises';
import { agentLogDeleteRows } from '../../protocol/limits.ts';
import { logLevels, type LogLevel } from '../../protocol/log-levels.ts';
import type { LogLine, LogLines } from '../../protocol/schemas/agent-logs.ts';
import type { KeyRing } from '../encryption/key-ring.ts';
import type { Database } from '../sqlite/database.ts';
import { openWrittenAgentLogs } from './agent-log-file.ts';
import { readSaid } from './said.ts';

/** All that are given must hold; `level`: this one and those above it. */
export interface LineFilter {
  level?: LogLevel | undefined;
  run?: string | undefined;
  step?: string | undefined;
  agent?: string | undefined;
}

interface Range {
  after?: number | undefined;
  before?: number | undefined;
  limit: number;
}

export class AgentLogReader {
  private readonly dataDir: string;
  private readonly keys: KeyRing;
  private database: Database | null = null;
  private isClosed = false;
  private isInWriteAheadLog = false;

  /** Nothing is opened before it is needed. */
  constructor(dataDir: string, keys: KeyRing) {
    this.dataDir = dataDir;
    this.keys = keys;
  }

  /** False where nobody has ever written to this data folder. */
  get isThere(): boolean {
    return this.open() !== null;
  }

  /**
   * A page in the order of ids. With `after` the oldest that come after it, else the newest (before `before`). `next`: what
   * to ask with as `after` to miss none and have none twice, also where the file was made anew; `previous`: as `before`, null
   * where there is nothing before.
   */
  page(filter: LineFilter, { after, before, limit }: Range): Pick<LogLines, 'items' | 'next' | 'previous'> {
    const database = this.open();
    if (database === null) return { items: [], next: 0, previous: null };
    return database.read(() => {
      const newest = newestOf(database, filter.run);
      const { where, values } = clauseOf({ ...filter, after, before });
      const order = after === undefined ? 'DESC' : 'ASC';
      const rows = database
        .prepare(`SELECT * FROM line ${where} ORDER BY id ${order} LIMIT ?`)
        .all(...values, limit) as unknown as Row[];
      const items = rows.map((row) => lineOf(this.keys, row));
      const isFull = items.length === limit;
      const last = before === undefined ? newest : Math.min(newest, before - 1);
      if (after === undefined) {
        items.reverse();
        return { items, next: last, previous: isFull ? (items[0]?.id ?? null) : null };
      }
      return { items, next: isFull ? (items.at(-1)?.id ?? last) : last, previous: after > 0 ? after + 1 : null };
    });
  }

  /** For good; others have their turn in between. Returns how many there were. */
  async delete(run: string): Promise<number> {
    const database = this.open();
    if (database === null) return 0;
    let deleted = 0;
    for (let more = true; more; await setImmediate()) {
      const { changes } = database.write(() =>
        database
          .prepare('DELETE FROM line WHERE id IN (SELECT id FROM line WHERE run = ? LIMIT ?)')
          .run(run, agentLogDeleteRows),
      );
      deleted += Number(changes);
      more = Number(changes) > 0;
    }
    this.isInWriteAheadLog ||= deleted > 0;
    // What was deleted stands there until it is emptied, which needs a moment in which nobody reads: else the next time.
    if (this.isInWriteAheadLog)
      this.isInWriteAheadLog = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] !== 0;
    return deleted;
  }

  /** For good: whatever is still under way finds nothing. */
  close(): void {
    this.isClosed = true;
    this.database?.close();
    this.database = null;
  }

  private open(): Database | null {
    if (this.isClosed) return null;
    return (this.database ??= openWrittenAgentLogs(this.dataDir));
  }
}

interface Row extends Record<keyof Pick<LogLine, 'id' | 'attempt'>, number> {
  at: string;
  level: number;
  run: string;
  agent: string;
  step: string;
  key: string | null;
  said: string | Uint8Array;
}

function lineOf(keys: KeyRing, { key, said, level, ...rest }: Row): LogLine {
  return { ...rest, level: logLevels[level] ?? 'error', ...readSaid(keys, rest, { key, said }) };
}

function newestOf(database: Database, run: string | undefined): number {
  const [where, values] = run === undefined ? ['', []] : ['WHERE run = ?', [run]];
  return Number(database.prepare(`SELECT max(id) AS id FROM line ${where}`).get(...values)?.['id'] ?? 0);
}

function clauseOf({ level = 'debug', run, step, agent, after, before }: LineFilter & Omit<Range, 'limit'>) {
  const rank = logLevels.indexOf(level);
  const conditions: (readonly [text: string, value: string | number | undefined])[] = [
    ['run = ?', run],
    ['step = ?', step],
    ['agent = ?', agent],
    ['id > ?', after],
    ['id < ?', before],
    // Said twice for the index of those above: it is taken where its very condition stands there.
    [`${rank >= 2 ? 'level >= 2 AND ' : ''}level >= ?`, rank === 0 ? undefined : rank],
  ];
  const given = conditions.filter((entry): entry is readonly [string, string | number] => entry[1] !== undefined);
  return {
    where: given.length === 0 ? '' : `WHERE ${given.map(([text]) => text).join(' AND ')}`,
    values: given.map(([, value]) => value),
  };
}
