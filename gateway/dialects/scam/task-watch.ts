/**
 * One task on one socket.
 *
 *   looking ──is there──▶ catching up ──last stored record──▶ live ──terminal record──▶ over
 *     │  └─not yet──▶ waiting ──begins──▶ live
 *     └─Temporal is away for too long──▶ unreachable
 *
 * What was there at the join is told as far as the contract keeps history: the last records, for a while after the end.
 * The end itself is always told. Who waited is told everything.
 */
import { BatonError } from '../../../protocol/errors.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Guard } from '../../auth/guard.ts';
import type { Runs } from '../../engine.ts';
import { DialectCursor, type DialectReader } from '../dialect-cursor.ts';
import type { Frame, Translator } from '../translation.ts';
import type { Clocks } from './clocks.ts';
import { findRun, runs } from './find-run.ts';
import type { ScamMessage, ScamTask } from './translation.ts';

type ScamFrame = Frame<ScamMessage>;

export interface WatchParts {
  guard: Guard;
  engineRuns: Pick<Runs, 'blob'>;
  translator: Translator<ScamTask, ScamMessage>;
  clocks: Clocks;
  /** Whether stored records are told. */
  replays: boolean;
}

/** The socket, as a task sees it. */
export interface TaskSink {
  hasRoom(isLive: boolean): boolean;
  /** In order, at the socket's own pace. */
  tell(watch: TaskWatch, frames: readonly ScamFrame[]): void;
  unreachable(watch: TaskWatch): void;
  fault(watch: TaskWatch, error: unknown): void;
  /** Calls back once, unless the socket closes before. */
  after(ms: number, act: () => void): Disposable;
}

export class TaskWatch implements DialectReader<ScamTask, ScamMessage>, Disposable {
  readonly task: string;
  private readonly parts: WatchParts;
  private readonly sink: TaskSink;
  private isOver = false;
  private readonly waiting = new AbortController();
  private cursor: DialectCursor<ScamTask, ScamMessage> | null = null;
  /** Events up to here were there at the join. */
  private joinedAt = 0;
  /** Records of those, in the task's newest life. */
  private stored: ScamFrame[] = [];
  private life = 0;

  constructor(task: string, sink: TaskSink, parts: WatchParts) {
    this.task = task;
    this.sink = sink;
    this.parts = parts;
  }

  start(): void {
    this.look().catch((error: unknown) => {
      if (!this.isOver) this.sink.fault(this, error);
    });
  }

  resume(): void {
    this.cursor?.resume();
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.waiting.abort();
    this.cursor?.[Symbol.dispose]();
    this.cursor = null;
  }

  hasRoom(isLive: boolean): boolean {
    return this.sink.hasRoom(isLive);
  }

  frames(frames: readonly ScamFrame[], event: RunEvent, state: ScamTask): void {
    if (event.seq > this.joinedAt) {
      if (frames.length > 0) this.sink.tell(this, frames);
      return;
    }
    if (state.life !== this.life) this.stored = [];
    this.life = state.life;
    for (const frame of frames) {
      if (!this.parts.replays && !frame.message.isLast) continue;
      this.stored.push(frame);
      if (this.stored.length > this.parts.clocks.historyRecords) this.stored.shift();
    }
    if (event.seq === this.joinedAt) this.catchUp(state);
  }

  live(): void {
    // Only what is in the log is a record.
  }

  end(): void {
    // The terminal record was told with the run's last event.
  }

  gap(_from: number, to: number): void {
    if (this.cursor && to >= this.joinedAt && this.joinedAt > 0) this.catchUp(this.cursor.state);
  }

  fault(error: unknown): void {
    this.sink.fault(this, error);
  }

  private catchUp({ finishedAt }: ScamTask): void {
    const isPast = finishedAt !== null && Date.now() - Date.parse(finishedAt) > this.parts.clocks.historyMs;
    const told = isPast ? this.stored.filter(({ message }) => message.isLast) : this.stored;
    this.stored = [];
    if (told.length > 0) this.sink.tell(this, told);
  }

  /** Asks until Temporal has answered; after that a Temporal that goes away is waited for. */
  private async look(): Promise<void> {
    const { guard, clocks } = this.parts;
    const begins = runs.begun(guard, this.task, this.waiting.signal);
    begins.catch(() => undefined);
    const late = this.sink.after(clocks.unreachableMs, () => this.sink.unreachable(this));
    const run = await this.patiently(async () => {
      const found = await findRun(guard, this.task);
      if (found !== null) await this.join(found, true);
      return found;
    });
    late[Symbol.dispose]();
    if (run !== null || this.isOver) return;
    const begun = await begins;
    await this.patiently(() => this.join(begun, false));
  }

  private async join(run: string, hasHistory: boolean): Promise<void> {
    const { guard, engineRuns, translator } = this.parts;
    const feed = await guard.open(run);
    this.waiting.abort();
    if (this.isOver) {
      feed[Symbol.dispose]();
      return;
    }
    this.joinedAt = hasHistory ? feed.lastSeq : 0;
    const client = runs.clientOf(run);
    this.cursor = new DialectCursor(feed, client, { translator, reader: this, runs: engineRuns });
    this.cursor.start();
  }

  /** Again and again while Temporal is away, until the socket has gone. */
  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (this.isOver || !(error instanceof BatonError) || error.code !== 'temporal_down') throw error;
        await new Promise<void>((resolve) => void this.sink.after(this.parts.clocks.retryMs, resolve));
      }
    }
  }
}
