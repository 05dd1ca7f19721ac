/** A client of request-rooms as its contract has it, by Socket.IO's own client. It knows nothing of the dialect's code. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

export type Message = Record<string, unknown>;

export class RoomClient {
  readonly socket: Socket;
  /** By event name, in the order in which they came. */
  readonly heard: { event: string; message: Message }[] = [];
  private readonly looks = new Set<() => void>();

  constructor(url: string, query: Record<string, string>, options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.socket = io(url, { query, forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 100, ...options });
    this.socket.onAny((event: string, message: Message) => {
      this.heard.push({ event, message });
      for (const look of this.looks) look();
    });
  }

  static async open(...parts: ConstructorParameters<typeof RoomClient>): Promise<RoomClient> {
    const client = new RoomClient(...parts);
    await new Promise<void>((resolve, reject) => {
      client.socket.once('connect', resolve);
      client.socket.once('connect_error', (error) => {
        client.close();
        reject(error);
      });
    });
    return client;
  }

  /** Under their own names: without the copies. */
  get messages(): Message[] {
    return this.heard.filter(({ event, message }) => event === message['type']).map(({ message }) => message);
  }

  get types(): unknown[] {
    return this.messages.map(({ type }) => type);
  }

  /** What comes under `progress`, copies included: all that the existing client listens to, besides `state`. */
  get progress(): Message[] {
    return this.heard.filter(({ event }) => event === 'progress').map(({ message }) => message);
  }

  emit(event: string, message?: unknown): void {
    this.socket.emit(event, message);
  }

  /** With an acknowledgement. */
  ask(event: string, message: unknown): Promise<unknown> {
    return this.socket.timeout(10_000).emitWithAck(event, message) as Promise<unknown>;
  }

  /** The n-th message that fits, from those that have come or are yet to come. */
  until(fits: string | ((message: Message) => boolean), nth = 1, withinMs = 20_000): Promise<Message> {
    const isIt = typeof fits === 'string' ? ({ type }: Message) => type === fits : fits;
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.messages.filter(isIt)[nth - 1];
        if (!found) return;
        this.looks.delete(look);
        clearTimeout(late);
        resolve(found);
      };
      const late = setTimeout(() => {
        this.looks.delete(look);
        reject(new Error(`no such message in ${withinMs} ms, but ${JSON.stringify(this.messages).slice(0, 3_000)}`));
      }, withinMs);
      this.looks.add(look);
      look();
    });
  }

  close(): void {
    this.socket.disconnect();
  }
}
