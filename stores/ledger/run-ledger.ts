/**
 * Which ids runs have ever had, in `ledger.sqlite` of the data folder: past retention it alone tells a run that was from
 * one that never was. Of an id only a digest is kept. Any number of processes may have it open.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { ledgerFlushMs, ledgerWaitingMax } from '../../protocol/limits.ts';
import { openDatabase, type Database } from '../sqlite/database.ts';

const schema = { version: 1, sql: 'CREATE TABLE run (id BLOB PRIMARY KEY) WITHOUT ROWID;' };

/** 128 bits: no two ids will ever have the same. */
const digestBytes = 16;

export class RunLedger {
  private readonly file: string;
  private readonly onFault: (error: unknown) => void;
  private readonly waiting = new Map<string, Uint8Array>();
  private timer: NodeJS.Timeout | null = null;
  private database: Database | null = null;
  private isClosed = false;

  /**
   * Nothing is opened before it is needed. `onFault`: it could not be read, or not be written, which
   * is tried again.
   */
  constructor(dataDir: string, onFault: (error: unknown) => void) {
    this.file = join(resolve(dataDir), 'ledger.sqlite');
    this.onFault = onFault;
  }

  /** Written within a second, by many in one transaction: a start waits for no disk. */
  note(run: string): void {
    if (this.isClosed || this.waiting.size >= ledgerWaitingMax) return;
    this.waiting.set(run, digestOf(run));
    this.timer ??= setTimeout(() => this.flush(), ledgerFlushMs).unref();
  }

  /** False where the ledger cannot be read, which is told; false, too, once it is closed. */
  has(run: string): boolean {
    if (this.waiting.has(run)) return true;
    if (this.isClosed) return false;
    try {
      return this.open().prepare('SELECT 1 FROM run WHERE id = ?').get(digestOf(run)) !== undefined;
    } catch (error) {
      this.onFault(error);
      return false;
    }
  }

  /** Nothing happens where it is not there. Throws where the ledger cannot be written. */
  forget(run: string): void {
    this.waiting.delete(run);
    this.open().prepare('DELETE FROM run WHERE id = ?').run(digestOf(run));
  }

  /** For good: whatever is still under way opens no file any more. */
  close(): void {
    this.rest();
    if (this.waiting.size > 0) this.flush();
    // What could not be written now is not tried again.
    this.rest();
    this.isClosed = true;
    this.database?.close();
    this.database = null;
  }

  private rest(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private flush(): void {
    this.timer = null;
    try {
      const database = this.open();
      const insert = database.prepare('INSERT OR IGNORE INTO run (id) VALUES (?)');
      database.write(() => {
        for (const digest of this.waiting.values()) insert.run(digest);
      });
      this.waiting.clear();
    } catch (error) {
      this.onFault(error);
      this.timer = setTimeout(() => this.flush(), ledgerFlushMs).unref();
    }
  }

  private open(): Database {
    if (this.isClosed) throw new Error('the ledger is closed');
    return (this.database ??= openDatabase(this.file, schema));
  }
}

function digestOf(run: string): Uint8Array {
  return createHash('sha256').update(run).digest().subarray(0, digestBytes);
}
