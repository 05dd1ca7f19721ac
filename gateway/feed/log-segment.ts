/**
 * The part of a run's log that one execution wrote: its entries, as far as they are in memory.
 *
 *   firstSeq ………… base ████████ lastSeq
 *        evicted        entries
 */
import { ExecutionReader, type ReadContext } from '../history/execution-reader.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { EncodedEntry } from './log-entry.ts';
import type { Evictable, FeedMemory } from './feed-memory.ts';

export class LogSegment implements Evictable {
  readonly run: string;
  readonly runId: string;
  firstSeq = 1;
  lastSeq = 0;
  predecessor: string | null = null;
  weight = 0;
  private entries: EncodedEntry[] = [];
  private base = 1;
  private isDisposed = false;
  private readonly context: ReadContext;
  private readonly memory: FeedMemory;
  private loading: Promise<EncodedEntry[]> | null = null;

  constructor(context: ReadContext, memory: FeedMemory, run: string, runId: string) {
    this.context = context;
    this.memory = memory;
    this.run = run;
    this.runId = runId;
  }

  /** Once the execution's first entry has been read. */
  begin(firstSeq: number, predecessor: string | null): void {
    this.firstSeq = firstSeq;
    this.base = firstSeq;
    this.lastSeq = firstSeq - 1;
    this.predecessor = predecessor;
  }

  /** From the tail: the next events, in order. */
  grow(events: readonly RunEvent[]): void {
    for (const event of events) this.push(event);
    if (events.length > 0 && !this.isDisposed) this.memory.touch(this);
  }

  has(seq: number): boolean {
    return seq >= this.firstSeq && seq <= this.lastSeq;
  }

  /** Entries from `seq` on, if they are in memory. */
  slice(seq: number, limit: number): EncodedEntry[] | null {
    if (seq < this.base) return null;
    const from = seq - this.base;
    return this.entries.slice(from, from + limit);
  }

  markRead(): void {
    if (!this.isDisposed) this.memory.touch(this);
  }

  /**
   * Entries from `seq` on, which the segment has, from the history if they are not in memory. However little memory
   * there is, a reader gets them: they are its own before they can be evicted. Errors: run_not_found where the execution
   * is past retention; temporal_down.
   */
  async read(seq: number, limit: number): Promise<EncodedEntry[]> {
    for (;;) {
      const known = this.slice(seq, limit);
      if (known !== null) {
        this.markRead();
        return known;
      }
      // A reading that others began may end before this seq.
      const whole = await this.load();
      const from = seq - this.firstSeq;
      if (from < whole.length) return whole.slice(from, from + limit);
    }
  }

  evict(): void {
    this.base = this.lastSeq + 1;
    this.entries = [];
    this.weight = 0;
  }

  dispose(): void {
    this.isDisposed = true;
    this.memory.forget(this);
    this.evict();
  }

  /** Brings evicted entries back. All of the execution, as far as it was written then. */
  private load(): Promise<EncodedEntry[]> {
    this.loading ??= this.reload().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  private async reload(): Promise<EncodedEntry[]> {
    const reader = new ExecutionReader(this.context, this.run, this.runId);
    const whole: EncodedEntry[] = [];
    for await (const events of reader.pages()) {
      for (const event of events) whole.push(new EncodedEntry(event));
    }
    // The tail may have gone on while this was read: what it has stays behind what was read. Where it has gone on and
    // been evicted again, there is a hole between the two, and only this reader gets what was read.
    const older = whole.slice(0, Math.max(0, this.base - this.firstSeq));
    const isWhole = older.length === this.base - this.firstSeq;
    if (isWhole && older.length > 0 && !this.isDisposed) {
      this.entries = [...older, ...this.entries];
      this.base = this.firstSeq;
      this.weight = this.entries.reduce((sum, entry) => sum + entry.weight, 0);
      this.memory.touch(this);
    }
    return whole;
  }

  private push(event: RunEvent): void {
    const entry = new EncodedEntry(event);
    this.entries.push(entry);
    this.lastSeq = event.seq;
    this.weight += entry.weight;
  }
}
