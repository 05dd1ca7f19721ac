/**
 * A consumer's place in a run's log: socket, event stream, dialect. It pulls from the feed at its consumer's pace,
 * so one that is slow costs no memory and loses nothing durable; live frames are dropped while it is behind.
 *
 *   caught up ──more()──▶ pulling ──entries all taken──▶ caught up (tells `end` once if the run is over)
 *                           │ ▲
 *            sink is full   ▼ │ resume()
 *                         blocked
 *
 * Readings that fail are tried again; the place in the log stays.
 */
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import type { Feed, FeedListener, LogEntry, LogPage } from '../engine.ts';
import { cursorPageEntries, cursorRetryMs } from '../../protocol/limits.ts';

export interface CursorSink {
  /** False: the consumer does not keep up, and nothing more is given until the sink calls `resume`. */
  hasRoom(): boolean;
  /** Takes entries in order while there is room, and returns how many. */
  take(entries: readonly LogEntry[], isLive: boolean): number;
  /** Dropped by the sink where there is no room. */
  live(frame: LiveFrame): void;
  /** What lies in from..to is missing, or may differ from what was told. A fresh state is due. */
  gap(from: number, to: number): void;
  /** Everything is told and the run is over. Once each time it ends. */
  end(lastSeq: number): void;
  /** The log could not be read. It will be tried again. */
  fault(error: unknown): void;
}

export class LogCursor implements FeedListener, Disposable {
  private readonly feed: Feed;
  private readonly sink: CursorSink;
  private readonly listening: Disposable;
  private after: number;
  private endedAt = -1;
  private mode: 'idle' | 'pulling' | 'blocked' | 'closed' = 'idle';
  /** False until everything that was there at the join has been told. */
  private isCaughtUp = false;
  private retry: ReturnType<typeof setTimeout> | null = null;

  /** Takes the feed over: disposing of the cursor lets go of it. Call `start` when the sink is ready. */
  constructor(feed: Feed, after: number, sink: CursorSink) {
    this.feed = feed;
    this.sink = sink;
    this.after = after;
    this.listening = feed.listen(this);
  }

  /** The last seq that the sink has taken. */
  get position(): number {
    return this.after;
  }

  start(): void {
    if (this.mode === 'idle') this.pull();
  }

  /** The sink has room again. */
  resume(): void {
    if (this.mode !== 'blocked') return;
    this.mode = 'idle';
    this.pull();
  }

  more(): void {
    if (this.mode === 'idle') this.pull();
  }

  live(frame: LiveFrame): void {
    if (this.mode === 'idle' && this.isCaughtUp) this.sink.live(frame);
  }

  gap(from: number, to: number): void {
    if (this.mode === 'closed') return;
    this.after = Math.min(this.after, this.feed.lastSeq);
    this.sink.gap(from, to);
  }

  [Symbol.dispose](): void {
    if (this.mode === 'closed') return;
    this.mode = 'closed';
    if (this.retry !== null) clearTimeout(this.retry);
    this.listening[Symbol.dispose]();
    this.feed[Symbol.dispose]();
  }

  private pull(): void {
    this.mode = 'pulling';
    while (this.mode === 'pulling') {
      if (!this.sink.hasRoom()) {
        this.mode = 'blocked';
        this.isCaughtUp = false;
        return;
      }
      if (this.after >= this.feed.lastSeq) {
        this.settle();
        return;
      }
      const page = this.feed.readNow(this.after, cursorPageEntries);
      if (page === null) {
        this.pullFromHistory();
        return;
      }
      if (!this.give(page)) return;
    }
  }

  private pullFromHistory(): void {
    this.feed.read(this.after, cursorPageEntries).then(
      (page) => {
        if (this.mode === 'pulling' && this.give(page)) this.pull();
      },
      (error: unknown) => {
        if (this.mode === 'closed') return;
        this.sink.fault(error);
        this.retry = setTimeout(() => this.pull(), cursorRetryMs);
      },
    );
  }

  /** True when there may be more to pull now. */
  private give({ entries, gap }: LogPage): boolean {
    if (gap) {
      this.sink.gap(gap.from, gap.to);
      this.after = Math.max(this.after, gap.to);
    }
    const isLive = this.isCaughtUp;
    const taken = entries.length === 0 ? 0 : this.sink.take(entries, isLive);
    if (taken > 0) this.after = entries[taken - 1]?.event.seq ?? this.after;
    if (this.mode !== 'pulling') return false;
    if (entries.length > 0 || gap) return true;
    this.settle();
    return false;
  }

  private settle(): void {
    this.mode = 'idle';
    if (!this.isCaughtUp) {
      this.isCaughtUp = true;
      for (const frame of this.feed.lives()) this.sink.live(frame);
    }
    if (this.feed.ended && this.after >= this.feed.lastSeq && this.endedAt !== this.after) {
      this.endedAt = this.after;
      this.sink.end(this.after);
    }
  }
}
