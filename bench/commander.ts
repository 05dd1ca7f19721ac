/** A native client that parses every frame: starts, subscribes, answers, cancels. */
import { LeanSocket } from './lean-socket.ts';

export interface SeenEvent {
  run: string;
  seq: number;
  type: string;
  recordedAt: string;
  data: Record<string, unknown>;
}

type Frame = Record<string, unknown>;

export class Commander {
  private readonly socket: LeanSocket;
  private lastId = 0;
  private readonly replies = new Map<number, (frame: Frame) => void>();
  private readonly listeners = new Set<(event: SeenEvent) => void>();

  private constructor(socket: LeanSocket) {
    this.socket = socket;
    socket.onText = (bytes) => this.take(JSON.parse(bytes.toString('utf8')) as Frame);
  }

  static async open(port: number): Promise<Commander> {
    return new Commander(await LeanSocket.open(port, '/v1/ws'));
  }

  /** Rejects with the error frame. */
  async request(op: string, fields: Frame): Promise<Frame> {
    const id = ++this.lastId;
    const replied = new Promise<Frame>((resolve) => this.replies.set(id, resolve));
    this.socket.send({ id, op, ...fields });
    const reply = await replied;
    if (reply['ok'] !== true) throw new Error(`${op}: ${JSON.stringify(reply['error'])}`);
    return reply;
  }

  /** The first event of the run that fits, from now on. */
  event(run: string, fits: (event: SeenEvent) => boolean): Promise<SeenEvent> {
    return new Promise((resolve) => {
      const listener = (event: SeenEvent) => {
        if (event.run !== run || !fits(event)) return;
        this.listeners.delete(listener);
        resolve(event);
      };
      this.listeners.add(listener);
    });
  }

  close(): void {
    this.socket.close();
  }

  private take(frame: Frame): void {
    const reply = this.replies.get(frame['id'] as number);
    if (reply) {
      this.replies.delete(frame['id'] as number);
      reply(frame);
    } else if (frame['kind'] === 'event') {
      const event = { ...(frame['event'] as SeenEvent), run: frame['run'] as string };
      for (const listener of this.listeners) listener(event);
    }
  }
}
