/**
 * One WebSocket: who it is, what it follows, what it still has to take. Kept small, for there are many and most are idle:
 * no timer and no closure of its own, and maps only once they are needed.
 */
import { closeCodes } from '../../protocol/errors.ts';
import { compressFromBytes, socketBacklogBytes, socketReplyBacklogBytes } from '../../protocol/limits.ts';
import type { Guard } from '../auth/guard.ts';
import type { WebSocket } from '../uws.ts';
import type { Arrival } from './arrival.ts';
import type { Attendance } from './attendance.ts';
import type { SocketContext } from './socket-context.ts';
import type { Subscription } from './subscription.ts';
import type { Watch } from './watch.ts';

/** uWebSockets.js copies the keys of what it is given onto the socket, so the session is one of them. */
export interface SocketData {
  /** null until its token has been verified. */
  session: Session | null;
  arrival: Arrival | null;
}

export class Session {
  readonly guard: Guard;
  readonly expiresAtMs: number | null;
  readonly context: SocketContext;
  subscriptions: Map<string, Subscription> | null = null;
  watches: Map<string, Watch> | null = null;
  /** Questions that it has open. */
  attendances: Map<string, Attendance> | null = null;
  /** Requests that are being worked on. */
  inFlight = 0;
  /** What waits for the client to read, first come first served. */
  private waiting: Set<Subscription> | null = null;
  private ws: WebSocket<SocketData> | null = null;

  constructor(guard: Guard, expiresAtMs: number | null, context: SocketContext) {
    this.guard = guard;
    this.expiresAtMs = expiresAtMs;
    this.context = context;
  }

  opened(ws: WebSocket<SocketData>): void {
    this.ws = ws;
  }

  get isOpen(): boolean {
    return this.ws !== null;
  }

  hasRoom(): boolean {
    return this.ws !== null && this.ws.getBufferedAmount() <= socketBacklogBytes;
  }

  send(frame: string | Uint8Array): void {
    this.ws?.send(frame, false, frame.length >= compressFromBytes);
  }

  /** A reply is owed whether the client reads or not; one that never reads is closed before it costs too much. */
  reply(frame: string): void {
    this.send(frame);
    if (this.ws !== null && this.ws.getBufferedAmount() > socketReplyBacklogBytes + frame.length)
      this.close(closeCodes.tryLater, 'replies are not being read');
  }

  /** Packs the frames sent within into one write. */
  cork(send: () => void): void {
    this.ws?.cork(send);
  }

  close(code: number, reason: string): void {
    this.ws?.end(code, reason);
  }

  /** The subscription goes on when the client has read. */
  waits(subscription: Subscription): void {
    this.waiting ??= new Set();
    if (this.waiting.has(subscription)) return;
    this.waiting.add(subscription);
    this.context.metrics.backpressured.inc();
  }

  waitsNoMore(subscription: Subscription): void {
    if (this.waiting?.delete(subscription)) this.context.metrics.backpressured.dec();
  }

  drained(): void {
    if (!this.hasRoom()) return;
    for (const watch of this.watches?.values() ?? []) watch.flush();
    for (const attendance of this.attendances?.values() ?? []) attendance.flush();
    if (this.waiting === null) return;
    const waiting = [...this.waiting];
    for (const subscription of waiting) {
      this.waitsNoMore(subscription);
      subscription.resume();
    }
  }

  /** The connection is gone. */
  closed(): void {
    this.ws = null;
    for (const subscription of this.subscriptions?.values() ?? []) subscription[Symbol.dispose]();
    for (const watch of this.watches?.values() ?? []) watch[Symbol.dispose]();
    for (const attendance of this.attendances?.values() ?? []) attendance[Symbol.dispose]();
    this.subscriptions = null;
    this.watches = null;
    this.attendances = null;
  }
}
