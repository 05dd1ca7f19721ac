/**
 * The server log of the crawls: folded from the logs of the runs, so every gateway tells the same, also after a restart.
 * It is kept up only while somebody wants it, and a while longer.
 *
 *   idle ──hold──▶ reading the newest crawls ──▶ kept up by hints and by the list of runs ──the last lets go──▶ idle
 */
import { LRUCache } from 'lru-cache';
import { BatonError } from '../../../protocol/errors.ts';
import {
  crawlLogCatchUpMs,
  crawlLogEntries,
  crawlLogLingerMs,
  crawlLogRuns,
  crawlLogRunsAtOnce,
} from '../../../protocol/limits.ts';
import type { RunSummary } from '../../../protocol/schemas/commands.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Engine } from '../../engine.ts';
import { withFeed } from '../../feed/with-feed.ts';
import { DialectCursor } from '../dialect-cursor.ts';
import { Translator, type Frame } from '../translation.ts';
import { crawlBlueprint, crawlRuns } from './find-crawl.ts';
import { LogPlaces } from './log-places.ts';
import { LogRing, type LatestEntries, type LogEntry } from './log-ring.ts';
import { logTranslation, type LogLine, type LogState } from './log-translation.ts';

type Cursor = DialectCursor<LogState, LogLine>;

/** Ended runs that need not be read again; of those beyond, the log is looked through once more. */
const wholeKept = 10_000;

export class CrawlLog {
  private readonly engine: Engine;
  private readonly log: Log;
  private readonly translator = new Translator(logTranslation);
  private readonly listeners = new Set<(entry: LogEntry) => void>();
  private ring = new LogRing(crawlLogEntries);
  private readonly followed = new Map<string, Promise<Cursor>>();
  /** Lines that are told already are known by the place in their run's log. */
  private readonly places = new LogPlaces();
  /** When those runs ended that have been read to their end, as lists have it. */
  private readonly whole = new LRUCache<string, string>({ max: wholeKept });
  private readonly attempts = new Set<Promise<void>>();
  private holders = 0;
  private lingering: NodeJS.Timeout | null = null;
  private sources: Disposable[] = [];
  private reading: Promise<void> | null = null;
  private hasRead = false;

  constructor(engine: Engine, log: Log) {
    this.engine = engine;
    this.log = log;
  }

  /** Whether what there was is at hand. */
  get isRead(): boolean {
    return this.hasRead;
  }

  /** Keeps the log up until the hold is disposed of. */
  hold(): Disposable {
    this.holders++;
    if (this.lingering) clearTimeout(this.lingering);
    this.lingering = null;
    if (!this.isUp) this.listenToRuns();
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld && --this.holders === 0) this.linger();
        isHeld = false;
      },
    };
  }

  /** Resolves when what there is has been read; call it while holding. Errors: temporal_down. */
  ready(): Promise<void> {
    this.reading ??= this.read();
    return this.reading;
  }

  /**
   * Resolves when all that is durable at this moment has been read, also where no news of it has come yet; or when the time
   * is up, or Temporal does not answer. Call it while holding, after `ready`.
   */
  async catchUp(): Promise<void> {
    const deadline = AbortSignal.timeout(crawlLogCatchUpMs);
    const isOver = new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve()));
    try {
      await Promise.race([this.catchUpWithin(deadline), isOver]);
    } catch (error) {
      this.log.debug({ err: error }, 'the log of the crawls could not be brought up to now');
    }
  }

  /** The last lines of those that may be seen, oldest first. */
  latest(asked: LatestEntries): LogEntry[] {
    return this.ring.latest(asked);
  }

  /** Calls back for each new line. */
  listen(listener: (entry: LogEntry) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  close(): void {
    if (this.lingering) clearTimeout(this.lingering);
    for (const source of this.sources.splice(0)) source[Symbol.dispose]();
    for (const cursor of this.followed.values())
      void cursor.then(
        (open) => open[Symbol.dispose](),
        () => undefined,
      );
    this.followed.clear();
    this.places.clear();
    this.whole.clear();
    this.ring = new LogRing(crawlLogEntries);
    this.reading = null;
    this.hasRead = false;
    this.lingering = null;
  }

  private get isUp(): boolean {
    return this.sources.length > 0;
  }

  private linger(): void {
    this.lingering = setTimeout(() => this.close(), crawlLogLingerMs);
    this.lingering.unref();
  }

  /** Hints are quick where they reach this process; the list of runs misses none. */
  private listenToRuns(): void {
    this.sources = [
      this.engine.feeds.onBegun((run) => void this.attempt(run, () => this.followIfCrawl(run))),
      this.engine.runs.watch({ what: 'runs', blueprint: crawlBlueprint }, (change) => {
        const { id, owner } = change as RunSummary;
        void this.attempt(id, () => this.follow(id, owner));
      }),
    ];
  }

  /** Never rejects: what fails is named again by the list of runs, as long as there is anything to tell. */
  private attempt(run: string, work: () => Promise<void>): Promise<void> {
    const attempt = work()
      .catch((error: unknown) => this.log.debug({ err: error, run }, 'a crawl could not be followed'))
      .finally(() => this.attempts.delete(attempt));
    this.attempts.add(attempt);
    return attempt;
  }

  private read(): Promise<void> {
    // It may be let go of, and begun anew, meanwhile.
    const isLatest = () => this.reading === reading;
    const reading = this.readNewest().then(
      () => {
        if (isLatest()) this.hasRead = true;
      },
      (error: unknown) => {
        if (isLatest()) this.reading = null;
        throw error;
      },
    );
    return reading;
  }

  /** Newest first, until there are lines enough; and those that will have more. */
  private async readNewest(): Promise<void> {
    await this.each(await this.newest(), async (summary) => {
      if (!this.ring.isFull || summary.endedAt === null) await this.readSoFar(summary);
    });
  }

  private async catchUpWithin(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.attempts);
    await this.each(await this.newest(), async (summary) => {
      if (!deadline.aborted && !this.isKnown(summary)) await this.attempt(summary.id, () => this.readSoFar(summary));
    });
    await this.each([...this.followed.keys()], (run) => this.attempt(run, () => this.reachNow(run, deadline)));
  }

  private async newest(): Promise<RunSummary[]> {
    return (await this.engine.runs.list({ blueprint: crawlBlueprint, limit: crawlLogRuns })).items;
  }

  private async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const waiting = items.values();
    const workOnSome = async () => {
      for (const item of waiting) await work(item);
    };
    await Promise.all(Array.from({ length: crawlLogRunsAtOnce }, workOnSome));
  }

  /** Nothing of it is missing here: it is followed, or all of it has been read, or it is older than any line that is kept. */
  private isKnown({ id, endedAt }: RunSummary): boolean {
    if (this.followed.has(id)) return true;
    if (endedAt === null) return false;
    return this.whole.get(id) === endedAt || (this.ring.isFull && endedAt < this.ring.since);
  }

  private async readSoFar({ id, owner, endedAt }: RunSummary): Promise<void> {
    await this.follow(id, owner);
    if (endedAt !== null && this.isUp) this.whole.set(id, endedAt);
  }

  private async reachNow(run: string, deadline: AbortSignal): Promise<void> {
    await withFeed(this.engine.feeds, run, async (feed) => {
      await feed.catchUp(deadline);
      await this.places.reached(run, feed.lastSeq, deadline);
    });
  }

  private async followIfCrawl(run: string): Promise<void> {
    const { owner, blueprint } = await this.engine.runs.owner(run);
    if (blueprint === crawlBlueprint) await this.follow(run, owner);
  }

  /** Resolves when what the run has to tell so far is in the ring. Errors: temporal_down. */
  private async follow(run: string, owner: string | null): Promise<void> {
    // Nobody would let go of it again.
    if (!this.isUp) return;
    const opening = this.followed.get(run) ?? this.open(run, owner);
    this.followed.set(run, opening);
    try {
      await opening;
    } catch (error) {
      this.followed.delete(run);
      // One that is gone has nothing to tell.
      if (!(error instanceof BatonError && error.code === 'run_not_found')) throw error;
    }
  }

  private async open(run: string, owner: string | null): Promise<Cursor> {
    const feed = await this.engine.feeds.open(run);
    return await new Promise((resolve) => {
      const cursor: Cursor = new DialectCursor(feed, crawlRuns.clientOf(run), {
        translator: this.translator,
        runs: this.engine.runs,
        reader: {
          hasRoom: () => true,
          frames: (frames, { seq }) => {
            this.take(run, seq, owner, frames);
            if (seq >= feed.lastSeq) resolve(cursor);
          },
          live: () => undefined,
          end: () => {
            cursor[Symbol.dispose]();
            this.followed.delete(run);
            resolve(cursor);
          },
          gap: (_from, to) => {
            this.places.advance(run, to);
            if (to >= feed.lastSeq) resolve(cursor);
          },
          fault: (error) => {
            this.log.debug({ err: error, run }, 'a crawl could not be read, it will be tried again');
            // The lines of the others do not wait for it.
            resolve(cursor);
          },
        },
      });
      cursor.start();
    });
  }

  private take(run: string, seq: number, owner: string | null, frames: readonly Frame<LogLine>[]): void {
    const isNew = this.places.advance(run, seq);
    if (!isNew) return;
    for (const { message } of frames) {
      const entry = { ...message, owner };
      this.ring.add(entry);
      for (const listener of this.listeners) listener(entry);
    }
  }
}
