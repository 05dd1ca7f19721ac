/**
 * A client's place in a run's log, as its dialect tells it. The fold begins at the log's first event; frames before the
 * client's own cursor are left out by whoever is told.
 *
 *   following ──data was cut and is needed──▶ fetching ──read──▶ following
 */
import type { LiveFrame, RunEvent } from '../../protocol/schemas/event.ts';
import { cursorRetryMs } from '../../protocol/limits.ts';
import { LogCursor, type CursorSink } from '../cursor/log-cursor.ts';
import type { Feed, LogEntry, Runs } from '../engine.ts';
import type { Frame, Translator } from './translation.ts';
import { wholeEvent } from './whole-event.ts';

export interface DialectReader<State, Message> {
  /** False: nothing more is given until `resume`. While catching up a reader paces itself, afterwards it should not. */
  hasRoom(isLive: boolean): boolean;
  /** Frames of one event, and the state after it. `isLive` is false while what was there at the join is told. */
  frames(frames: readonly Frame<Message>[], event: RunEvent, state: State, isLive: boolean): void;
  live(frames: readonly Frame<Message>[]): void;
  /** Everything is told and the run is over; it may go on. */
  end(state: State): void;
  /** Part of the log is past retention, or was disturbed. */
  gap(from: number, to: number): void;
  fault(error: unknown): void;
}

export class DialectCursor<State, Message> implements CursorSink, Disposable {
  state: State;
  private readonly feed: Feed;
  private readonly translator: Translator<State, Message>;
  private readonly reader: DialectReader<State, Message>;
  private readonly runs: Pick<Runs, 'blob'>;
  private readonly cursor: LogCursor;
  private fetched: RunEvent | null = null;
  private isFetching = false;
  private isLive = false;
  private isDisposed = false;

  /** Takes the feed over: disposing of the cursor lets go of it. Call `start` when the reader is ready. */
  constructor(
    feed: Feed,
    client: string,
    parts: {
      translator: Translator<State, Message>;
      reader: DialectReader<State, Message>;
      runs: Pick<Runs, 'blob'>;
    },
  ) {
    this.feed = feed;
    this.translator = parts.translator;
    this.reader = parts.reader;
    this.runs = parts.runs;
    this.state = parts.translator.translation.initial({ id: feed.run, client });
    this.cursor = new LogCursor(feed, 0, this);
  }

  start(): void {
    this.cursor.start();
  }

  /** The reader has room again. */
  resume(): void {
    this.cursor.resume();
  }

  hasRoom(): boolean {
    return !this.isFetching && this.reader.hasRoom(this.isLive);
  }

  take(entries: readonly LogEntry[], isLive: boolean): number {
    this.isLive = isLive;
    let taken = 0;
    for (const entry of entries) {
      if (this.isDisposed || !this.hasRoom()) return taken;
      const event = this.eventOf(entry);
      if (event === null) return taken;
      const { state, frames } = this.translator.step(this.state, entry, event);
      this.state = state;
      taken++;
      this.reader.frames(frames, event, state, isLive);
    }
    return taken;
  }

  live(frame: LiveFrame): void {
    const frames = this.translator.live(this.state, frame);
    if (frames.length > 0) this.reader.live(frames);
  }

  gap(from: number, to: number): void {
    this.reader.gap(from, to);
  }

  end(): void {
    this.isLive = true;
    this.reader.end(this.state);
  }

  fault(error: unknown): void {
    this.reader.fault(error);
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.cursor[Symbol.dispose]();
  }

  private eventOf(entry: LogEntry): RunEvent | null {
    if (!this.translator.needsWhole(entry)) return entry.event;
    const { fetched } = this;
    // What was fetched for an entry that another cursor has translated meanwhile is of no use any more.
    this.fetched = null;
    if (fetched?.seq === entry.event.seq) return fetched;
    this.isFetching = true;
    void this.fetch(entry.event);
    return null;
  }

  private async fetch(event: RunEvent): Promise<void> {
    while (this.fetched === null && !this.isDisposed) {
      try {
        this.fetched = await wholeEvent(this.runs, this.feed.run, event);
      } catch (error) {
        this.reader.fault(error);
        await new Promise<void>((resolve) => {
          setTimeout(resolve, cursorRetryMs);
        });
      }
    }
    this.isFetching = false;
    this.cursor.resume();
  }
}
