/** The feeds of a gateway: opened once, shared by all that watch, let go a while after the last has left. */
import { BatonError } from '../../protocol/errors.ts';
import { feedLingerMs } from '../../protocol/limits.ts';
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import type { RunView } from '../../protocol/schemas/state.ts';
import type { LiveBus } from '../../runtime/live-bus.ts';
import type { Feed, FeedListener, Feeds, LogPage } from '../engine.ts';
import { AwaitedRuns } from './awaited-runs.ts';
import { RunFeed, type FeedContext } from './run-feed.ts';

interface Shared {
  feed: RunFeed;
  started: Promise<void>;
  holders: number;
  lingering: NodeJS.Timeout | null;
}

export class FeedRegistry implements Feeds {
  private readonly shared = new Map<string, Shared>();
  private readonly awaitedRuns = new AwaitedRuns();
  private readonly begunListeners = new Set<(run: string) => void>();
  private readonly connectionListeners = new Set<(isUp: boolean) => void>();
  private readonly context: FeedContext;
  private readonly listening: Disposable[];
  private readonly lingerMs: number;
  private isUp = true;

  constructor(
    context: Omit<FeedContext, 'onAnswer'>,
    bus: LiveBus,
    { lingerMs = feedLingerMs }: { lingerMs?: number } = {},
  ) {
    this.lingerMs = lingerMs;
    this.context = { ...context, onAnswer: (isUp) => this.noteAnswer(isUp) };
    this.listening = [
      bus.onLive((run, frame) => this.shared.get(run)?.feed.live(frame)),
      bus.onHint(({ run }) => {
        this.wake(run);
        this.noteBegun(run);
      }),
    ];
  }

  async open(run: string): Promise<Feed> {
    const shared = this.shared.get(run) ?? this.share(run);
    shared.holders++;
    if (shared.lingering) clearTimeout(shared.lingering);
    shared.lingering = null;
    try {
      await shared.started;
    } catch (error) {
      if (this.shared.get(run) === shared) this.shared.delete(run);
      shared.feed.stop();
      throw error;
    }
    await this.followIfEnded(run, shared);
    return new FeedHandle(shared.feed, () => this.release(run, shared));
  }

  whenBegun(ids: readonly string[], begun: (run: string) => void): Disposable {
    return this.awaitedRuns.when(ids, begun);
  }

  onBegun(begun: (run: string) => void): Disposable {
    this.begunListeners.add(begun);
    return { [Symbol.dispose]: () => void this.begunListeners.delete(begun) };
  }

  onConnection(changed: (up: boolean) => void): Disposable {
    this.connectionListeners.add(changed);
    return { [Symbol.dispose]: () => void this.connectionListeners.delete(changed) };
  }

  /** A run of this id has begun, or has gone on. */
  wake(run: string): void {
    this.awaitedRuns.tell(run);
    const shared = this.shared.get(run);
    if (shared?.feed.ended) shared.feed.follow().catch((error: unknown) => this.context.onFault(run, error));
  }

  noteBegun(run: string): void {
    for (const begun of this.begunListeners) begun(run);
  }

  /** The run is gone for good: whoever still holds its feed hears no more of it. */
  forget(run: string): void {
    const shared = this.shared.get(run);
    if (!shared) return;
    this.shared.delete(run);
    if (shared.lingering) clearTimeout(shared.lingering);
    shared.feed.stop();
  }

  /** Whether anybody wants to hear of every run that begins. */
  get isWatchingAll(): boolean {
    return this.begunListeners.size > 0;
  }

  /** Runs that somebody waits for, to be looked up where no bus brings hints. */
  get awaited(): string[] {
    return this.awaitedRuns.ids;
  }

  /** Runs whose feed somebody has opened and not let go of. */
  get held(): string[] {
    return [...this.shared].filter(([, { holders }]) => holders > 0).map(([run]) => run);
  }

  get feeds(): RunFeed[] {
    return [...this.shared.values()].map(({ feed }) => feed);
  }

  /** Whether Temporal has answered just now; listeners hear of changes. */
  noteAnswer(isUp: boolean): void {
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    for (const listener of this.connectionListeners) listener(isUp);
  }

  close(): void {
    for (const listening of this.listening) listening[Symbol.dispose]();
    for (const { feed, lingering } of this.shared.values()) {
      if (lingering) clearTimeout(lingering);
      feed.stop();
    }
    this.shared.clear();
  }

  private share(run: string): Shared {
    const feed = new RunFeed(this.context, run);
    const shared: Shared = { feed, started: feed.start(), holders: 0, lingering: null };
    this.shared.set(run, shared);
    return shared;
  }

  /** A log that is in memory is shown also while Temporal is away; one that is past retention is not. */
  private async followIfEnded(run: string, shared: Shared): Promise<void> {
    if (!shared.feed.ended) return;
    try {
      await shared.feed.follow();
    } catch (error) {
      if (error instanceof BatonError && error.code === 'temporal_down') return;
      this.release(run, shared);
      throw error;
    }
  }

  private release(run: string, shared: Shared): void {
    shared.holders--;
    if (shared.holders > 0) return;
    shared.lingering = setTimeout(() => {
      if (this.shared.get(run) === shared) this.shared.delete(run);
      shared.feed.stop();
    }, this.lingerMs);
    shared.lingering.unref();
  }
}

/** One holder's hold on a shared feed. */
class FeedHandle implements Feed {
  private readonly feed: RunFeed;
  private release: (() => void) | null;

  constructor(feed: RunFeed, release: () => void) {
    this.feed = feed;
    this.release = release;
  }

  get run(): string {
    return this.feed.run;
  }
  get lastSeq(): number {
    return this.feed.lastSeq;
  }
  get ended(): boolean {
    return this.feed.ended;
  }
  read(after: number, limit: number): Promise<LogPage> {
    return this.feed.read(after, limit);
  }
  readNow(after: number, limit: number): LogPage | null {
    return this.feed.readNow(after, limit);
  }
  catchUp(signal: AbortSignal): Promise<void> {
    return this.feed.catchUp(signal);
  }
  view(): RunView {
    return this.feed.view();
  }
  lives(): LiveFrame[] {
    return this.feed.lives();
  }
  listen(listener: FeedListener): Disposable {
    return this.feed.listen(listener);
  }
  [Symbol.dispose](): void {
    this.release?.();
    this.release = null;
  }
}
