/**
 * One socket: one task, or several. It tells `connected` at once, then records as they come, a heartbeat now and then, and
 * ends when every task has ended, or when nothing is heard of any for too long.
 */
import { closeCodes } from '../../../protocol/errors.ts';
import type { SocketHandler } from '../dialect.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { Frame } from '../translation.ts';
import { channelOf, type Audience } from './audience.ts';
import { connectedFrame, faultFrame, heartbeatFrame } from './record.ts';
import { TaskWatch, type TaskSink, type WatchParts } from './task-watch.ts';
import type { ScamMessage } from './translation.ts';

export interface SessionParts extends WatchParts {
  audience: Audience;
  /** Each frame names its task. */
  namesTasks: boolean;
  onFault: (task: string, error: unknown) => void;
}

export class ScamSession implements SocketHandler, TaskSink {
  private readonly socket: DialectSocket;
  private readonly parts: SessionParts;
  private readonly watches = new Map<string, TaskWatch>();
  /** Stored records that the client has yet to read; live ones queue up behind them. */
  private unsent: { watch: TaskWatch; frame: Frame<ScamMessage> }[] = [];
  private progressedAtMs = performance.now();

  constructor(socket: DialectSocket, tasks: readonly string[], parts: SessionParts) {
    this.socket = socket;
    this.parts = parts;
    for (const task of tasks) {
      parts.audience.enter(channelOf(task), parts.guard);
      this.watches.set(task, new TaskWatch(task, this, parts));
    }
  }

  start(): void {
    const { heartbeatMs, idleMs } = this.parts.clocks;
    for (const task of this.watches.keys()) this.socket.sendJson(connectedFrame(task, now()));
    this.socket.every(heartbeatMs, () => this.send(JSON.stringify(heartbeatFrame(now())), null));
    this.socket.after(idleMs, () => this.closeIfIdle());
    for (const watch of this.watches.values()) watch.start();
  }

  message(): void {
    // Clients only listen; what they say changes nothing.
  }

  drained(): void {
    this.flush();
    if (this.unsent.length === 0) for (const watch of this.watches.values()) watch.resume();
  }

  closed(): void {
    for (const watch of this.watches.values()) this.leave(watch);
    this.unsent = [];
  }

  hasRoom(isLive: boolean): boolean {
    return this.unsent.length === 0 && this.socket.hasRoom(isLive);
  }

  tell(watch: TaskWatch, frames: readonly Frame<ScamMessage>[]): void {
    for (const frame of frames) this.unsent.push({ watch, frame });
    this.flush();
  }

  unreachable(watch: TaskWatch): void {
    this.refuse('The event bus cannot be reached: try again later', watch.task, closeCodes.internal);
  }

  fault(watch: TaskWatch, error: unknown): void {
    this.parts.onFault(watch.task, error);
  }

  after(ms: number, act: () => void): Disposable {
    return this.socket.after(ms, act);
  }

  private refuse(message: string, task: string, code: number): void {
    this.send(JSON.stringify(faultFrame(message, now())), task);
    this.socket.close(code, message.slice(0, 100));
  }

  /** A single record is sent whether the client reads or not: one that is too far behind is closed by the socket. */
  private flush(): void {
    const isSingle = this.unsent.length === 1;
    while (this.unsent.length > 0 && this.socket.hasRoom(isSingle)) {
      const next = this.unsent.shift();
      if (next) this.sendRecord(next.watch, next.frame);
    }
  }

  private sendRecord(watch: TaskWatch, { text, message }: Frame<ScamMessage>): void {
    this.progressedAtMs = performance.now();
    this.send(text, watch.task);
    if (!message.isLast) return;
    this.leave(watch);
    this.unsent = this.unsent.filter((waiting) => waiting.watch !== watch);
    if (this.watches.size === 0) this.socket.close(closeCodes.normal, 'the task has ended');
  }

  private send(json: string, task: string | null): void {
    this.socket.send(this.parts.namesTasks ? `${json.slice(0, -1)},"task_id":${JSON.stringify(task)}}` : json);
  }

  private leave(watch: TaskWatch): void {
    if (!this.watches.delete(watch.task)) return;
    watch[Symbol.dispose]();
    this.parts.audience.leave(channelOf(watch.task), this.parts.guard);
  }

  private closeIfIdle(): void {
    const leftMs = this.progressedAtMs + this.parts.clocks.idleMs - performance.now();
    if (leftMs > 0) this.socket.after(leftMs, () => this.closeIfIdle());
    else this.socket.close(closeCodes.idle, 'idle timeout');
  }
}

/** A socket that asks for what is no task: told, and closed. */
export function refuseMalformed(socket: DialectSocket, message: string): SocketHandler {
  socket.sendJson(faultFrame(message, now()));
  socket.close(closeCodes.policyViolation, message.slice(0, 100));
  return { message: () => undefined, drained: () => undefined, closed: () => undefined };
}

function now(): string {
  return new Date().toISOString();
}
