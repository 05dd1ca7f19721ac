/** Reads one execution's history from its beginning, as log events, page by page. */
import type { Payload } from '@temporalio/common';
import type { BlobRef, RunEvent } from '../../protocol/schemas/event.ts';
import type { HistoryEvent, HistoryReading } from './history-service.ts';
import { Projection, type ProjectionOptions } from './projection.ts';
import { readRecorded, type Decoding } from './recorded.ts';

export interface ReadContext {
  service: HistoryReading;
  decode: (payload: Payload) => unknown;
  /** Reads a batch that an agent stored outside the history. */
  readStored: (run: string, ref: BlobRef) => Promise<unknown>;
  onMismatch?: ProjectionOptions['onMismatch'];
}

export interface ReadPage {
  events: RunEvent[];
  /** Entries of the history that the page had. */
  entries: number;
  /** The end of the history: it is closed, or, without `wait`, simply its end so far. */
  isLast: boolean;
}

/**
 * Yields the events of each page as it arrives. With `wait` it goes on as the history grows, until the execution closes
 * or the signal aborts; without, it ends at the history's present end. Errors: run_not_found, temporal_down.
 */
export class ExecutionReader {
  readonly projection: Projection;
  /** Of the history, so far. */
  entriesRead = 0;
  private token: Uint8Array = new Uint8Array();
  private readonly context: ReadContext;
  private readonly runId: string;
  private readonly decoding: Decoding;

  private readonly onEntry: ((entry: HistoryEvent, nextSeq: number) => void) | undefined;

  /** `onEntry` is called with each entry of the history, and the seq that the event after it will have. */
  constructor(
    context: ReadContext,
    run: string,
    runId: string,
    { onEntry, ...options }: { whole?: boolean; onEntry?: (entry: HistoryEvent, nextSeq: number) => void } = {},
  ) {
    this.onEntry = onEntry;
    this.context = context;
    this.runId = runId;
    const { onMismatch } = context;
    this.projection = new Projection({ run, ...options, ...(onMismatch ? { onMismatch } : {}) });
    this.decoding = { decode: context.decode, readStored: (ref) => context.readStored(run, ref) };
  }

  /**
   * The next page's events. A call that failed with `temporal_down` may be made again: it advances by page token only.
   * After any other failure the page may be taken in part: begin with a new reader.
   */
  async next(wait: boolean, signal?: AbortSignal): Promise<ReadPage> {
    const run = this.projection.state.id;
    const page = await this.context.service.page(run, this.runId, this.token, { wait, ...(signal ? { signal } : {}) });
    const events: RunEvent[] = [];
    for (const entry of page.events) {
      const reading = readRecorded(entry, this.decoding);
      const recorded = reading instanceof Promise ? await reading : reading;
      if (recorded) for (const event of this.projection.take(recorded)) events.push(event);
      this.onEntry?.(entry, this.projection.nextSeq);
    }
    this.token = page.nextPageToken;
    this.entriesRead += page.events.length;
    return { events, isLast: page.nextPageToken.length === 0, entries: page.events.length };
  }

  /** All of it up to now. */
  async *pages(): AsyncGenerator<RunEvent[], Projection> {
    for (;;) {
      const { events, isLast } = await this.next(false);
      yield events;
      if (isLast) return this.projection;
    }
  }
}
