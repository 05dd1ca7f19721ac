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
  private readonly context: ReadContext;
  private readonly memory: FeedMemory;
  private loading: Promise<void> | null = null;

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
    if (events.length > 0) this.memory.touch(this);
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
    this.memory.touch(this);
  }

  /** Brings evicted entries back from the history. Errors: run_not_found where it is past retention; temporal_down. */
  load(): Promise<void> {
    this.loading ??= this.reload().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  evict(): void {
    this.base = this.lastSeq + 1;
    this.entries = [];
    this.weight = 0;
  }

  dispose(): void {
    this.memory.forget(this);
    this.evict();
  }

  private async reload(): Promise<void> {
    const reader = new ExecutionReader(this.context, this.run, this.runId);
    const read: EncodedEntry[] = [];
    for await (const events of reader.pages()) {
      for (const event of events) read.push(new EncodedEntry(event));
    }
    const firstSeq = reader.projection.firstSeq;
    // The tail may have gone on while this was read: what it has stays in front of what was read.
    const older = read.filter(({ event }) => event.seq < this.base);
    this.entries = [...older, ...this.entries];
    this.base = firstSeq;
    this.weight = this.entries.reduce((sum, entry) => sum + entry.weight, 0);
    this.memory.touch(this);
  }

  private push(event: RunEvent): void {
    const entry = new EncodedEntry(event);
    this.entries.push(entry);
    this.lastSeq = event.seq;
    this.weight += entry.weight;
  }
}
