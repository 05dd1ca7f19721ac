/** Lines wait in memory and are written by many in one transaction: an agent that logs waits for no disk, and fails of none. */
import { agentLogFlushMs, agentLogKeptLines, agentLogRetryMs, agentLogWaitingMax } from '../../protocol/limits.ts';
import { logLevels } from '../../protocol/log-levels.ts';
import type { LogLine } from '../../protocol/schemas/agent-logs.ts';
import type { KeyRing } from '../encryption/key-ring.ts';
import type { Database } from '../sqlite/database.ts';
import { openAgentLogs } from './agent-log-file.ts';
import { writeSaid } from './said.ts';

/** `fields`: the JSON of an object. */
export type WrittenLine = Omit<LogLine, 'id' | 'fields' | 'unreadable'> & { fields: string };

export class AgentLogWriter {
  private readonly dataDir: string;
  private readonly keys: KeyRing;
  private readonly onFault: (error: unknown) => void;
  private waiting: WrittenLine[] = [];
  private timer: NodeJS.Timeout | null = null;
  private database: Database | null = null;
  private isFaulty = false;
  private isClosed = false;

  /** Makes the file. `onFault`: lines cannot be written, which is tried again; told once until they can. */
  constructor(dataDir: string, keys: KeyRing, onFault: (error: unknown) => void) {
    this.dataDir = dataDir;
    this.keys = keys;
    this.onFault = onFault;
    this.flush();
  }

  /** False where it is not kept: too many wait already, or nothing is written any more. */
  add(line: WrittenLine): boolean {
    if (this.isClosed || this.waiting.length >= agentLogWaitingMax) return false;
    this.waiting.push(line);
    this.flushWithin(agentLogFlushMs);
    return true;
  }

  /** For good. */
  close(): void {
    if (this.waiting.length > 0) this.flush();
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.database?.close();
    this.database = null;
  }

  private flushWithin(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.flush();
    }, ms).unref();
  }

  private flush(): void {
    try {
      this.database ??= openAgentLogs(this.dataDir);
      if (this.waiting.length > 0) write(this.database, this.keys, this.waiting);
      this.waiting = [];
      this.isFaulty = false;
    } catch (error) {
      if (!this.isFaulty) this.onFault(error);
      this.isFaulty = true;
      this.flushWithin(agentLogRetryMs);
    }
  }
}

function write(database: Database, keys: KeyRing, lines: readonly WrittenLine[]): void {
  const insert = database.prepare(
    'INSERT INTO line (at, level, run, agent, step, attempt, key, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const rows = lines.map((line) => {
    const { key, said } = writeSaid(keys, line, line);
    return [line.at, logLevels.indexOf(line.level), line.run, line.agent, line.step, line.attempt, key, said] as const;
  });
  database.write(() => {
    let newest = 0;
    for (const row of rows) newest = Number(insert.run(...row).lastInsertRowid);
    database.prepare('DELETE FROM line WHERE id <= ?').run(newest - agentLogKeptLines);
  });
}
