/**
 * One client that watches one crawl.
 *
 *   finding ──there is none──▶ waiting ──it has begun──▶ following
 *      └─────────there is one──▶ joining ──told where it stands──┘ │
 *                                    ended: closes after 2 s ◀─────┴─▶ began again: stays
 */
import { closeCodes } from '../../../protocol/errors.ts';
import { cursorRetryMs } from '../../../protocol/limits.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { Feed } from '../../engine.ts';
import { DialectCursor, type DialectReader } from '../dialect-cursor.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { SocketHandler } from '../dialect.ts';
import type { Frame, Translator } from '../translation.ts';
import type { Clocks } from './clocks.ts';
import { isForgotten, type CrawlState } from './crawl-record.ts';
import { crawlRuns, findCrawl } from './find-crawl.ts';
import { encodeConnected, encodeRecord, pingFrame, type CrawlMessage } from './translation.ts';

export interface CrawlSocketParts {
  guard: Guard;
  translator: Translator<CrawlState, CrawlMessage>;
  clocks: Clocks;
  log: Log;
}

export class CrawlSocket implements SocketHandler, DialectReader<CrawlState, CrawlMessage> {
  private readonly socket: DialectSocket;
  private readonly progressId: string;
  private readonly parts: CrawlSocketParts;
  private awaiting: AbortController | null = null;
  private feed: Feed | null = null;
  private cursor: DialectCursor<CrawlState, CrawlMessage> | null = null;
  /** From the crawl's first event on where it was waited for, else once the client knows where the crawl stands. */
  private tellsAll = false;
  private limit: Disposable | null = null;
  private closing: Disposable | null = null;

  /** `progressId` is well-formed. */
  constructor(socket: DialectSocket, progressId: string, parts: CrawlSocketParts) {
    this.socket = socket;
    this.progressId = progressId;
    this.parts = parts;
    void this.follow();
  }

  message(): void {
    // The contract: client frames are ignored.
  }

  drained(): void {
    this.cursor?.resume();
  }

  closed(): void {
    this.awaiting?.abort();
    this.cursor?.[Symbol.dispose]();
  }

  hasRoom(isLive: boolean): boolean {
    return this.socket.hasRoom(isLive);
  }

  frames(frames: readonly Frame<CrawlMessage>[], { seq }: RunEvent, state: CrawlState): void {
    if (!this.tellsAll) {
      if (this.feed !== null && seq >= this.feed.lastSeq) this.join(state);
      return;
    }
    if (frames.length === 0) return;
    for (const { text } of frames) this.socket.send(text);
    this.told(state);
  }

  live(): void {
    // Between two updates of the record there is nothing that a later client could be told, too.
  }

  end(): void {
    // The last event has told it.
  }

  gap(from: number, to: number): void {
    this.parts.log.debug({ progressId: this.progressId, from, to }, 'part of a crawl is past retention');
  }

  fault(error: unknown): void {
    this.parts.log.debug(
      { err: error, progressId: this.progressId },
      'a crawl could not be read, it will be tried again',
    );
  }

  /** Until it follows a crawl or the client has gone, whatever Temporal does meanwhile. */
  private async follow(): Promise<void> {
    while (this.socket.isOpen) {
      try {
        await this.tryFollow();
        return;
      } catch (error) {
        if (!this.socket.isOpen) return;
        this.fault(error);
        await new Promise<void>((resolve) => this.socket.after(cursorRetryMs, resolve));
      }
    }
  }

  private async tryFollow(): Promise<void> {
    const { guard, translator } = this.parts;
    const feed = await guard.open(await this.findOrAwait());
    if (!this.socket.isOpen) {
      feed[Symbol.dispose]();
      return;
    }
    this.feed = feed;
    const runs = { blob: (of: string, ref: string) => guard.blob(of, ref) };
    this.cursor = new DialectCursor(feed, this.progressId, { translator, reader: this, runs });
    this.cursor.start();
  }

  /** Rejects where the client goes before there is one. Errors: temporal_down. */
  private async findOrAwait(): Promise<string> {
    const { guard } = this.parts;
    const awaiting = new AbortController();
    this.awaiting = awaiting;
    const begins = crawlRuns.begun(guard, this.progressId, awaiting.signal);
    begins.catch(() => undefined);
    try {
      const run = await findCrawl(guard, this.progressId);
      if (run !== null) return run;
      if (this.socket.isOpen) this.wait();
      return await begins;
    } finally {
      awaiting.abort();
    }
  }

  /** Tells once that there is no crawl yet. */
  private wait(): void {
    this.tellsAll = true;
    if (this.limit !== null) return;
    this.connect('waiting');
    this.limit = this.socket.after(this.parts.clocks.waitMs, () =>
      this.socket.close(closeCodes.normal, 'no crawl of this id has begun'),
    );
  }

  /** The first frame always; pings begin only now, for until Temporal has answered there may be nothing to tell. */
  private connect(status: CrawlState['status']): void {
    this.socket.send(encodeConnected(this.progressId, status));
    this.socket.every(this.parts.clocks.pingMs, () => this.socket.send(pingFrame));
  }

  private join(state: CrawlState): void {
    if (isForgotten(state, Date.now(), this.parts.clocks.keptMs)) {
      this.wait();
      return;
    }
    this.tellsAll = true;
    this.socket.cork(() => {
      this.connect(state.status);
      this.socket.send(encodeRecord(state));
    });
    this.told(state);
  }

  private told({ endedAt }: CrawlState): void {
    this.limit?.[Symbol.dispose]();
    this.closing?.[Symbol.dispose]();
    this.closing = null;
    if (endedAt === null) return;
    this.closing = this.socket.after(this.parts.clocks.closeMs, () =>
      this.socket.close(closeCodes.normal, 'the crawl is over'),
    );
  }
}
