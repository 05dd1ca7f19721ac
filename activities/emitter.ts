/**
 * Sends an attempt's events into the run's log: in order, in batches, one signal in flight, n = 1, 2, 3 …
 *
 *   add ──▶ backlog ──▶ batch n ──send──▶ acknowledged ──▶ batch n + 1
 *                          ▲        │
 *                          └─again──┘ after a transient fault: the same n, the same events
 *
 * Over its budget, the whole backlog leaves as one stored batch every few seconds.
 * An accepted event is dropped only when the execution is gone or the attempt has ended.
 */
import type { EmitSignal } from '../protocol/execution.ts';
import {
  batchEvents,
  emitBacklogBytes,
  emitBatchBytes,
  emitOverheadBytes,
  emitRetryMaxMs,
  emitRetryMs,
  storedBatchEvents,
  storedBatchIntervalMs,
} from '../protocol/limits.ts';
import type { BlobRef, EventDraft } from '../protocol/schemas/event.ts';
import type { Clock } from './clock.ts';
import { EmitBacklog, type BacklogEntry } from './emit-backlog.ts';
import { emitGapMs } from './emit-pace.ts';
import { EmitRefused } from './emit-refused.ts';

export interface EmitterOptions {
  step: string;
  attempt: number;
  /** What the activity may spend, and what earlier attempts of it have spent already. */
  budget: { signals: number; bytes: number };
  spent: { signals: number; bytes: number };
  /** Resolves when it is durable. Rejects with `EmitRefused` when it never will be; anything else is tried again. */
  send: (signal: EmitSignal) => Promise<void>;
  store: (drafts: readonly EventDraft[]) => Promise<BlobRef>;
  onTrouble: (error: unknown, tries: number) => void;
  clock: Clock;
}

export class Emitter {
  readonly spent: { signals: number; bytes: number };
  private readonly options: EmitterOptions;
  private readonly backlog = new EmitBacklog();
  private n = 0;
  /** Events ever taken; an event's place is its number. */
  private added = 0;
  /** Place of the first event of the batch in flight. */
  private inFlightPlace = Number.POSITIVE_INFINITY;
  private lastSentAt = Number.NEGATIVE_INFINITY;
  private pumping: Promise<void> | null = null;
  private isFlushing = false;
  private broken: Error | null = null;
  private wake: () => void = () => undefined;
  private waiters: (() => void)[] = [];

  constructor(options: EmitterOptions) {
    this.options = options;
    this.spent = { ...options.spent };
  }

  /**
   * Takes an event; resolves when there is room for more. `prepared` gives the draft with its data cut to size, where
   * that takes time: its place is kept. Rejects when the execution is gone, or with what `prepared` rejects with.
   */
  async add(draft: EventDraft, bytes: number, prepared?: Promise<{ draft: EventDraft; bytes: number }>): Promise<void> {
    this.failIfBroken();
    const entry: BacklogEntry = {
      draft,
      bytes: bytes + 1,
      isReady: prepared === undefined,
      place: ++this.added,
    };
    this.backlog.push(entry);
    void this.pump();
    if (prepared) await this.settle(entry, prepared);
    while (this.backlog.bytes > emitBacklogBytes && !this.broken)
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    this.failIfBroken();
  }

  /** Sends what waits without further gaps. Resolves when all of it is acknowledged. */
  async flush(): Promise<void> {
    this.isFlushing = true;
    this.wake();
    while (this.backlog.count > 0 && !this.broken) await this.pump();
    await this.pumping;
    this.failIfBroken();
  }

  /** Resolves when all that was added before is acknowledged, at the usual pace. */
  async settled(): Promise<void> {
    const target = this.added;
    while (Math.min(this.inFlightPlace, this.backlog.headPlace) <= target && !this.broken)
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    this.failIfBroken();
  }

  /** The attempt has ended: nothing more is sent, whoever waits is told why. */
  abandon(reason: Error): void {
    this.broken ??= reason;
    this.wake();
    this.freeWaiters();
  }

  private async settle(entry: BacklogEntry, prepared: Promise<{ draft: EventDraft; bytes: number }>): Promise<void> {
    try {
      const cut = await prepared;
      this.backlog.settle(entry, cut.draft, cut.bytes + 1);
    } catch (error) {
      this.backlog.withdraw(entry);
      this.freeWaiters();
      throw error;
    } finally {
      this.wake();
      void this.pump();
    }
  }

  private pump(): Promise<void> {
    this.pumping ??= this.sendBacklog().finally(() => {
      this.pumping = null;
    });
    return this.pumping;
  }

  private async sendBacklog(): Promise<void> {
    // What is added in the same turn goes in the same batch.
    await Promise.resolve();
    try {
      while (this.backlog.count > 0 && !this.broken) {
        if (!this.backlog.isHeadReady) await this.pause(Number.POSITIVE_INFINITY);
        else if (!this.isFlushing && this.dueInMs() > 0) await this.pause(this.dueInMs());
        else await this.sendNext();
      }
    } catch (error) {
      this.abandon(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private dueInMs(): number {
    const { budget, clock } = this.options;
    const gapMs = this.isOverBudget() ? storedBatchIntervalMs : emitGapMs(this.spent.signals, budget.signals);
    return this.lastSentAt + gapMs - clock.now();
  }

  private isOverBudget(): boolean {
    const { budget } = this.options;
    return this.spent.signals >= budget.signals || this.spent.bytes + emitBatchBytes > budget.bytes;
  }

  private async sendNext(): Promise<void> {
    const { step, attempt, clock, send, store } = this.options;
    const isStored = this.isOverBudget();
    this.inFlightPlace = this.backlog.headPlace;
    const { drafts, bytes } = this.backlog.take(
      isStored
        ? { bytes: emitBacklogBytes, events: storedBatchEvents }
        : { bytes: emitBatchBytes, events: batchEvents },
    );
    this.lastSentAt = clock.now();
    const place = { step, attempt, n: this.n + 1 };
    const signal: EmitSignal = isStored
      ? { ...place, stored: await this.persist(() => store(drafts)), count: drafts.length }
      : { ...place, events: drafts };
    this.spent.signals += 1;
    this.spent.bytes += emitOverheadBytes + (isStored ? 0 : bytes);
    await this.persist(() => send(signal));
    this.n += 1;
    this.inFlightPlace = Number.POSITIVE_INFINITY;
    this.freeWaiters();
  }

  /** Tries again until it succeeds, is refused, or the attempt has ended. */
  private async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof EmitRefused) throw error;
        this.options.onTrouble(error, tries);
        const waitUntil = this.options.clock.now() + Math.min(emitRetryMs * 2 ** (tries - 1), emitRetryMaxMs);
        while (!this.broken && this.options.clock.now() < waitUntil)
          await this.pause(waitUntil - this.options.clock.now());
        this.failIfBroken();
      }
    }
  }

  /** Until the time has passed or something has changed. */
  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = delayMs === Number.POSITIVE_INFINITY ? null : this.options.clock.after(delayMs, () => this.wake());
      this.wake = () => {
        timer?.[Symbol.dispose]();
        this.wake = () => undefined;
        resolve();
      };
    });
  }

  private failIfBroken(): void {
    if (this.broken) throw this.broken;
  }

  private freeWaiters(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const free of waiters) free();
  }
}
