/**
 * A socket that only listens is told of all sessions of its principal: of those that run from the beginning of their
 * run, of what begins later as it comes. Once a run has ended its log is let go of, and its place kept.
 */
import { BatonError } from '../../../protocol/errors.ts';
import { cursorRetryMs, kiWatchedPlaces } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import type { Feed } from '../../engine.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import { Follower } from './follower.ts';
import { Place } from './place.ts';
import { kiBlueprint, type Sessions } from './sessions.ts';

export class Watcher implements Disposable {
  private readonly sessions: Sessions;
  private readonly guard: Guard;
  private readonly socket: DialectSocket;
  private readonly hasCopies: boolean;
  private readonly openedAt = Date.now();
  private readonly begun: Disposable;
  /** By run; null while it is opened. */
  private readonly followed = new Map<string, Follower | null>();
  /** Up to where the log of a run that has ended was told; the one that ended longest ago first. */
  private readonly places = new Map<string, number>();
  private isDisposed = false;

  constructor(sessions: Sessions, guard: Guard, socket: DialectSocket, { hasCopies }: { hasCopies: boolean }) {
    this.sessions = sessions;
    this.guard = guard;
    this.socket = socket;
    this.hasCopies = hasCopies;
    this.begun = guard.onBegun(kiBlueprint, (run) => this.notice(run));
    this.lookForRunning();
  }

  resume(): void {
    for (const follower of this.followed.values()) follower?.resume();
  }

  /** Up to where the socket has been told of a run. */
  toldOf(run: string): number {
    return this.followed.get(run)?.toldSeq ?? this.places.get(run) ?? 0;
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.begun[Symbol.dispose]();
    for (const follower of this.followed.values()) follower?.[Symbol.dispose]();
    this.followed.clear();
  }

  /** Again while Temporal is away: nobody would tell of what had begun before. */
  private lookForRunning(): void {
    this.noticeRunning().catch((error: unknown) => {
      this.trouble(error);
      if (!this.isDisposed && error instanceof BatonError && error.retry)
        this.socket.after(cursorRetryMs, () => this.lookForRunning());
    });
  }

  private async noticeRunning(): Promise<void> {
    for (const run of await this.sessions.running(this.guard)) this.notice(run);
  }

  /** A run that may have begun, or gone on. */
  private notice(run: string): void {
    if (this.isDisposed || this.followed.has(run)) return;
    this.followed.set(run, null);
    this.follow(run).catch((error: unknown) => {
      this.followed.delete(run);
      this.trouble(error);
    });
  }

  private async follow(run: string): Promise<void> {
    const feed = await this.guard.open(run);
    const known = this.places.get(run);
    const { endedAt } = feed.view();
    const isOver = feed.ended && (known === undefined ? isBefore(endedAt, this.openedAt) : feed.lastSeq <= known);
    if (this.isDisposed || isOver) {
      this.followed.delete(run);
      feed[Symbol.dispose]();
      return;
    }
    const afterSeq = known ?? (await this.beginOf(feed));
    const follower = new Follower(feed, {
      socket: this.socket,
      sessions: this.sessions,
      place: new Place({ afterSeq }),
      hasCopies: this.hasCopies,
      onEnd: () => this.letGo(run, follower),
    });
    if (this.isDisposed) {
      follower[Symbol.dispose]();
      return;
    }
    this.followed.set(run, follower);
    follower.start();
  }

  /** The seq before the run that is told now. Lets go of a feed that cannot be read. */
  private async beginOf(feed: Feed): Promise<number> {
    try {
      return (await this.sessions.fold(feed)).beganAt - 1;
    } catch (error) {
      feed[Symbol.dispose]();
      throw error;
    }
  }

  private letGo(run: string, follower: Follower): void {
    this.places.delete(run);
    this.places.set(run, follower.toldSeq);
    for (const oldest of this.places.keys()) {
      if (this.places.size <= kiWatchedPlaces) break;
      this.places.delete(oldest);
    }
    this.followed.delete(run);
    follower[Symbol.dispose]();
  }

  private trouble(error: unknown): void {
    this.sessions.context.log.debug({ err: error }, 'a session could not be watched');
  }
}

function isBefore(at: string | null, ms: number): boolean {
  return at !== null && Date.parse(at) < ms;
}
