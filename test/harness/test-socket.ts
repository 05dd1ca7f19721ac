/** A WebSocket for tests: keeps every frame, and waits for the one that is asked for. */
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export type Frame = Record<string, unknown>;

export class TestSocket {
  readonly ws: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private ids = 0;
  private readonly waiting = new Set<() => void>();

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString('utf8')) as Frame);
      for (const look of this.waiting) look();
    });
    this.closed = new Promise((resolve) =>
      ws.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') })),
    );
  }

  /** Rejects with `Unexpected server response: STATUS` where it is not let in. */
  static async open(url: string, options: ClientOptions = {}): Promise<TestSocket> {
    const socket = new TestSocket(new WebSocket(url, options));
    await once(socket.ws, 'open');
    socket.ws.on('error', () => socket.ws.terminate());
    return socket;
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a request and waits for its reply. */
  async request(op: string, fields: Frame = {}): Promise<Frame> {
    const id = `request-${++this.ids}`;
    this.send({ id, op, ...fields });
    return this.until((frame) => frame['id'] === id);
  }

  /** The first frame that fits, from those that have come or are yet to come. */
  until(fits: (frame: Frame) => boolean, withinMs = 20_000): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.frames.find(fits);
        if (!found) return;
        this.waiting.delete(look);
        clearTimeout(late);
        resolve(found);
      };
      const late = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`no such frame within ${withinMs} ms, but ${JSON.stringify(this.frames).slice(0, 2_000)}`));
      }, withinMs);
      this.waiting.add(look);
      look();
    });
  }

  kinds(): unknown[] {
    return this.frames.map((frame) => frame['kind'] ?? (frame['ok'] === true ? 'reply' : 'error'));
  }

  /** Of the events that have come, in the order in which they came. */
  seqs(run?: string): number[] {
    return this.frames
      .filter((frame) => frame['kind'] === 'event' && (run === undefined || frame['run'] === run))
      .map((frame) => (frame['event'] as { seq: number }).seq);
  }

  close(): void {
    this.ws.terminate();
  }
}

export function errorOf(frame: Frame): Frame {
  return (frame['error'] ?? {}) as Frame;
}
