/** One WebSocket of a dialect, as its handler uses it. Kept small, for there are many and most are idle. */
import { closeCodes } from '../../protocol/errors.ts';
import { dialectCatchUpBytes, dialectCompressFromBytes, dialectQueueBytes } from '../../protocol/limits.ts';
import type { WebSocket } from '../uws.ts';

export class DialectSocket {
  /** Frames that were sent. */
  sent = 0;
  private ws: WebSocket<object> | null;
  private readonly onSent: (count: number) => void;
  private timers: Set<NodeJS.Timeout> | null = null;

  constructor(ws: WebSocket<object>, onSent: (count: number) => void) {
    this.ws = ws;
    this.onSent = onSent;
  }

  get isOpen(): boolean {
    return this.ws !== null;
  }

  /** A client that is behind by more than a megabyte is told to come back: 1013. */
  send(text: string): void {
    if (this.ws === null) return;
    this.ws.send(text, false, text.length >= dialectCompressFromBytes);
    this.sent++;
    this.onSent(1);
    if (this.ws.getBufferedAmount() > dialectQueueBytes) this.close(closeCodes.tryLater, 'you do not keep up');
  }

  sendJson(message: object): void {
    this.send(JSON.stringify(message));
  }

  /** While a client catches up it is given what it reads, so that the stored log alone never closes it. */
  hasRoom(isLive: boolean): boolean {
    return this.ws !== null && (isLive || this.ws.getBufferedAmount() <= dialectCatchUpBytes);
  }

  /** Packs the frames sent within into one write. */
  cork(send: () => void): void {
    this.ws?.cork(send);
  }

  /** For contracts that name a pace of their own; a peer that answers is not silent. */
  ping(): void {
    this.ws?.ping();
  }

  close(code: number, reason: string): void {
    this.ws?.end(code, reason);
  }

  /** Calls back once, unless the socket closes before. */
  after(ms: number, act: () => void): Disposable {
    this.timers ??= new Set();
    const { timers } = this;
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        timers.delete(timer);
      },
    };
  }

  /** Calls back each interval, counted from now, until the socket closes. */
  every(ms: number, act: () => void): void {
    this.after(ms, () => {
      this.every(ms, act);
      act();
    });
  }

  /** The connection is gone. */
  closed(): void {
    this.ws = null;
    for (const timer of this.timers ?? []) clearTimeout(timer);
    this.timers = null;
  }
}
