/** One WebSocket to /v1/ws: requests and their replies, subscriptions, and whether the other side still lives. */
import { clientPingIdleMs, clientPongTimeoutMs, openTimeoutMs, requestTimeoutMs } from '../../protocol/limits.ts';
import { BatonClientError, fromProblem, unreachable } from '../errors.ts';
import { isObject } from '../frame.ts';

/** The part of a WebSocket that is used; browsers', Node's and the `ws` package's all have it. */
interface Socket {
  onopen: (() => void) | null;
  onclose: ((event: { code?: number; reason?: string }) => void) | null;
  onerror: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}
export type WebSocketConstructor = new (url: string, ...rest: never[]) => object;

/** Takes what is pushed under a key: a run's id, `#runs`, `#questions` for lists, or as `presenceKey` has it. */
export interface PushSink {
  push(frame: Record<string, unknown>): void;
  fail(error: Error): void;
}

export interface ConnectionOptions {
  url: string;
  /** Sent as headers; where the environment can't, the caller has put the token into the address. */
  headers?: Record<string, string> | undefined;
  WebSocket: WebSocketConstructor;
}

interface Pending {
  resolve(reply: Record<string, unknown>): void;
  reject(error: Error): void;
}

const tokenExpired = 4401;

export class WebSocketConnection {
  /** Resolves when the connection has ended, with the reason. */
  readonly ended: Promise<Error>;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #sinks = new Map<string, PushSink>();
  #lastId = 0;
  #lastFrameAt = Date.now();
  #state: 'opening' | 'open' | 'ended' = 'opening';
  #end: (error: Error) => void = () => undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Errors: unreachable, timeout. */
  static async open(options: ConnectionOptions): Promise<WebSocketConnection> {
    const Constructor = options.WebSocket as new (url: string, init?: object) => Socket;
    const socket = options.headers
      ? new Constructor(options.url, { headers: options.headers })
      : new Constructor(options.url);
    const connection = new WebSocketConnection(socket);
    await connection.#opened();
    return connection;
  }

  async request(op: string, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    if (this.#state !== 'open') throw unreachable('the WebSocket has closed');
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const late = () => this.#die(new BatonClientError('timeout', `no reply to ${op} in time`, { retry: true }));
      const timer = setTimeout(late, op === 'ping' ? clientPongTimeoutMs : requestTimeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        resolve: (reply) => (settle(), resolve(reply)),
        reject: (error) => (settle(), reject(error)),
      });
      this.#socket.send(JSON.stringify({ ...fields, id, op }));
    });
  }

  /** What is pushed from now on under the key goes to the sink; a sink before it gets nothing more. */
  attach(key: string, sink: PushSink): void {
    this.#sinks.set(key, sink);
  }

  detach(key: string, sink: PushSink): void {
    if (this.#sinks.get(key) === sink) this.#sinks.delete(key);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  close(): void {
    this.#die(unreachable('the client has closed the WebSocket'), 1000);
  }

  #opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#die(new BatonClientError('timeout', 'the WebSocket did not open in time', { retry: true })),
        openTimeoutMs,
      );
      void this.ended.then((error) => {
        clearTimeout(timer);
        reject(error);
      });
      this.#socket.onopen = () => {
        if (this.#state !== 'opening') return;
        clearTimeout(timer);
        this.#state = 'open';
        this.#lastFrameAt = Date.now();
        this.#pulse = setInterval(() => this.#checkPulse(), clientPongTimeoutMs);
        resolve();
      };
      this.#socket.onmessage = (event) => this.#receive(event.data);
      this.#socket.onerror = () => this.#die(unreachable('the WebSocket failed'));
      this.#socket.onclose = (event) => this.#die(closeError(event.code ?? 1006, event.reason ?? ''));
    });
  }

  #receive(data: unknown): void {
    this.#lastFrameAt = Date.now();
    if (typeof data !== 'string') return;
    let frame: unknown;
    try {
      frame = JSON.parse(data);
    } catch (cause) {
      this.#die(new BatonClientError('bad_response', 'a frame is not JSON', { retry: true, cause }));
      return;
    }
    if (!isObject(frame)) return;
    if (typeof frame['kind'] === 'string') this.#dispatch(frame);
    else if (typeof frame['id'] === 'number') this.#reply(frame['id'], frame);
  }

  #reply(id: number, frame: Record<string, unknown>): void {
    const pending = this.#pending.get(id);
    if (frame['ok'] === true) pending?.resolve(frame);
    else pending?.reject(fromProblem(0, frame['error']));
  }

  #dispatch(frame: Record<string, unknown>): void {
    if (frame['kind'] === 'notice') {
      for (const sink of this.#sinks.values()) sink.push(frame);
      return;
    }
    this.#sinks.get(keyOf(frame))?.push(frame);
  }

  #checkPulse(): void {
    if (Date.now() - this.#lastFrameAt < clientPingIdleMs) return;
    // A ping that is refused says as much as one that is answered; one that gets no answer ends the connection by itself.
    this.request('ping').catch(() => undefined);
  }

  #die(error: Error, code?: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    clearInterval(this.#pulse);
    for (const pending of this.#pending.values()) pending.reject(error);
    for (const sink of this.#sinks.values()) sink.fail(error);
    this.#sinks.clear();
    this.#socket.onmessage = null;
    // Closing a socket that is still opening makes some implementations report an error: it has a listener still.
    this.#socket.close(code);
    this.#end(error);
  }
}

/** Of who has a question open. */
export function presenceKey(run: string, question: string): string {
  return `#presence ${run} ${question}`;
}

function keyOf(frame: Record<string, unknown>): string {
  const { kind, what, run, question } = frame;
  if (kind === 'changed') return `#${String(what)}`;
  return kind === 'presence' ? presenceKey(String(run), String(question)) : String(run);
}

function closeError(code: number, reason: string): BatonClientError {
  if (code === tokenExpired) {
    return new BatonClientError('unauthenticated', reason === '' ? 'the token has expired' : reason, { status: 401 });
  }
  return unreachable(`the WebSocket closed (${code}${reason === '' ? '' : `: ${reason}`})`);
}
