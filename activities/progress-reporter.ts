/**
 * The progress of one attempt: clamped to [0, 1], never falling, also not below what earlier attempts have told.
 * Newest wins everywhere: a notification that is overtaken within the interval is never told.
 */
import { durableProgressBurst, durableProgressPerSecond, liveFrameIntervalMs } from '../protocol/limits.ts';
import type { Clock } from './clock.ts';
import { Throttle } from './throttle.ts';

export interface Progress {
  fraction: number;
  message: string;
  /** Milliseconds since the epoch. */
  atMs: number;
}

export interface ProgressOutlets {
  /** A live frame: the newest progress if it is news, and the text since the last frame. */
  live(frame: { atMs: number; fraction?: number; message?: string; text?: string }): void;
  /** An event of the log; given for agents that declare `progress: 'durable'`, whose progress then is no live frame. */
  durable: ((progress: Progress) => void) | null;
}

export class ProgressReporter implements Disposable {
  newest: Progress;
  private readonly clock: Clock;
  private readonly outlets: ProgressOutlets;
  private readonly lives: Throttle;
  private readonly events: Throttle;
  private untoldProgress = false;
  private untoldText = '';
  private isClosed = false;
  private keptPercent: number;

  constructor(floor: { fraction: number; message: string }, outlets: ProgressOutlets, clock: Clock) {
    this.newest = { ...floor, atMs: clock.now() };
    this.keptPercent = percentOf(floor.fraction);
    this.clock = clock;
    this.outlets = outlets;
    this.lives = new Throttle(liveFrameIntervalMs, clock, () => this.tellLive());
    const tellDurable = () => outlets.durable?.(this.newest);
    const durableIntervalMs = 1_000 / (durableProgressPerSecond - durableProgressBurst);
    this.events = new Throttle(durableIntervalMs, clock, tellDurable, durableProgressBurst);
  }

  report(fraction: number, message: string): void {
    if (this.isClosed) return;
    const clamped = Number.isNaN(fraction) ? 0 : Math.min(1, Math.max(0, fraction));
    this.newest = { fraction: Math.max(this.newest.fraction, clamped), message, atMs: this.clock.now() };
    if (this.outlets.durable) {
      this.events.request();
    } else {
      this.untoldProgress = true;
      this.lives.request();
    }
  }

  text(chunk: string): void {
    if (chunk === '' || this.isClosed) return;
    this.untoldText += chunk;
    this.lives.request();
  }

  /** The newest progress, once for each whole percent; null where nothing is new. */
  takeMilestone(): Progress | null {
    const percent = percentOf(this.newest.fraction);
    if (percent <= this.keptPercent) return null;
    this.keptPercent = percent;
    return this.newest;
  }

  /** Tells what is still waiting for its interval. */
  flush(): void {
    this.lives.flush();
    this.events.flush();
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
    this.lives[Symbol.dispose]();
    this.events[Symbol.dispose]();
  }

  private tellLive(): void {
    const { fraction, message, atMs } = this.newest;
    const text = this.untoldText;
    this.outlets.live({
      ...(this.untoldProgress ? { fraction, message, atMs } : { atMs: this.clock.now() }),
      ...(text === '' ? {} : { text }),
    });
    this.untoldProgress = false;
    this.untoldText = '';
  }
}

function percentOf(fraction: number): number {
  return Math.floor(fraction * 100);
}
