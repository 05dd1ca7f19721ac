/** Tells an agent when to stop, and ends the wait for one that does not. */
import { agentSettleMs, timeoutReserveMs } from '../protocol/limits.ts';
import { AgentStopped, type StopCause } from '../protocol/agent-stopped.ts';
import type { Clock } from './clock.ts';

const messages: Readonly<Record<StopCause, string>> = {
  cancelled: 'the run is being cancelled',
  timed_out: 'the attempt took too long',
  stopping: 'the worker is stopping',
  paused: 'the step is paused',
  gone: 'the execution has ended',
};

export class StopWatch implements Disposable {
  private readonly controller = new AbortController();
  private readonly clock: Clock;
  private readonly settleMs: number;
  private readonly timers: Disposable[] = [];
  private giveUpAgent: (reason: AgentStopped) => void = () => undefined;
  private giveUpAll: (reason: AgentStopped) => void = () => undefined;
  private stoppedBy: StopCause | null = null;
  /** Rejects when the agent has been told and has not settled in time. A cancelled one has until its timeout. */
  readonly patience: Promise<never>;
  /** Rejects as much later again: what has not been sent by then is given up. */
  readonly deadline: Promise<never>;

  /** `native` is the activity's own cancellation signal; its reason's message is one of the SDK's names. */
  constructor(native: AbortSignal, timeoutMs: number, clock: Clock) {
    this.clock = clock;
    const reserveMs = Math.min(timeoutReserveMs, timeoutMs * 0.2);
    this.settleMs = Math.min(agentSettleMs, reserveMs / 2);
    this.patience = new Promise((_, reject) => {
      this.giveUpAgent = reject;
    });
    this.deadline = new Promise((_, reject) => {
      this.giveUpAll = reject;
    });
    this.patience.catch(() => undefined);
    this.deadline.catch(() => undefined);
    const heard = () => this.stop(causeOf(native.reason));
    if (native.aborted) heard();
    else native.addEventListener('abort', heard, { once: true });
    this.timers.push({ [Symbol.dispose]: () => native.removeEventListener('abort', heard) });
    if (timeoutMs > 0) this.timers.push(clock.after(timeoutMs - reserveMs, () => this.timeOut()));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The first cause counts. */
  get cause(): StopCause | null {
    return this.stoppedBy;
  }

  stop(cause: StopCause): void {
    if (this.stoppedBy) return;
    this.stoppedBy = cause;
    this.controller.abort(new AgentStopped(cause, messages[cause]));
    if (cause !== 'cancelled') this.startLosingPatience();
  }

  [Symbol.dispose](): void {
    for (const timer of this.timers) timer[Symbol.dispose]();
  }

  private timeOut(): void {
    this.stop('timed_out');
    this.startLosingPatience();
  }

  private startLosingPatience(): void {
    const cause = this.stoppedBy ?? 'gone';
    const late = new AgentStopped(cause, `${messages[cause]}; it did not settle`);
    this.timers.push(
      this.clock.after(this.settleMs, () => this.giveUpAgent(late)),
      this.clock.after(this.settleMs * 2, () => this.giveUpAll(late)),
    );
  }
}

function causeOf(reason: unknown): StopCause {
  switch (reason instanceof Error ? reason.message : '') {
    case 'WORKER_SHUTDOWN':
      return 'stopping';
    case 'TIMED_OUT':
      return 'timed_out';
    case 'PAUSED':
      return 'paused';
    case 'NOT_FOUND':
      return 'gone';
    default:
      return 'cancelled';
  }
}
