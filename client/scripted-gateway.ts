/** A gateway of the tests' own: a log in memory behind the native surface, which cuts, refuses and swallows on demand. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { emptyState, fold } from '../protocol/fold.ts';
import type { LiveFrame, RunEvent, RunState, RunView } from './types.ts';

interface Watcher {
  run: string;
  after: number;
  endedAt: number;
  send(kind: string, fields: Record<string, unknown>, seq?: number): void;
  end(): void;
}

export class ScriptedGateway {
  readonly logs = new Map<string, RunEvent[]>();
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  /** What is refused at the door. */
  readonly refused = new Set<'websocket' | 'sse' | 'everything'>();
  /** What is accepted and then never answered. */
  readonly swallowed = new Set<'websocket' | 'sse' | 'ping'>();
  /** Called for each frame about to be sent; true cuts the connection instead. */
  cuts: () => boolean = () => false;
  /** Answers of the next requests to a path, before anything else is looked at. */
  readonly script: { path: RegExp; status: number; body?: unknown; headers?: Record<string, string>; cut?: true }[] =
    [];
  /** Items of lists, by path. */
  readonly lists = new Map<string, unknown[]>();
  token: string | null = null;
  readonly sockets = new Set<WebSocket>();
  readonly #watchers = new Set<Watcher>();
  readonly #listeners = new Set<(frame: object) => void>();
  readonly #connections = new Set<Socket>();
  readonly #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
    const sockets = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#note(request, '');
      if (this.swallowed.has('websocket')) return;
      if (this.refused.has('websocket') || this.refused.has('everything') || !this.#isAllowed(request)) {
        socket.destroy();
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket));
    });
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  append(run: string, ...types: string[]): void {
    const log = this.logs.get(run) ?? [];
    this.logs.set(run, log);
    for (const type of types) {
      const at = new Date(1_700_000_000_000 + log.length).toISOString();
      const data =
        type === 'run.started' ? { blueprint: 'scripted', input: null } : { kind: 'note', n: log.length + 1 };
      log.push({ seq: log.length + 1, at, recordedAt: at, type, data });
    }
    for (const watcher of this.#watchers) if (watcher.run === run) this.#pump(watcher);
  }

  live(run: string, frame: LiveFrame): void {
    for (const watcher of this.#watchers) if (watcher.run === run) watcher.send('live', frame);
  }

  push(frame: object): void {
    for (const listener of this.#listeners) listener(frame);
  }

  cutAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cutAll();
    await new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.once('close', resolve);
      else resolve();
    });
  }

  state(run: string): RunView {
    const state: RunState = emptyState(run);
    for (const event of this.logs.get(run) ?? []) fold(state, event);
    return { ...state, source: 'log' };
  }

  #pump(watcher: Watcher): void {
    const log = this.logs.get(watcher.run) ?? [];
    while (watcher.after < log.length) {
      const event = log[watcher.after];
      if (!event) return;
      watcher.after = event.seq;
      watcher.send('event', { event }, event.seq);
    }
    const last = log.at(-1);
    if (last && isEnd(last.type) && watcher.endedAt !== last.seq) {
      watcher.endedAt = last.seq;
      watcher.send('end', { lastSeq: last.seq });
      watcher.end();
    }
  }

  #accept(socket: WebSocket): void {
    this.sockets.add(socket);
    const own = new Map<string, Watcher>();
    const send = (frame: object) => {
      if (this.cuts()) socket.terminate();
      else socket.send(JSON.stringify(frame));
    };
    this.#listeners.add(send);
    socket.on('close', () => {
      this.#listeners.delete(send);
      this.sockets.delete(socket);
      for (const watcher of own.values()) this.#watchers.delete(watcher);
    });
    socket.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString()) as { id: number; op: string; run: string; after?: number };
      const { id, op, run, after = 0 } = request;
      if (op === 'ping' && this.swallowed.has('ping')) return;
      const log = this.logs.get(run);
      if (op === 'subscribe') {
        const fault = log ? aheadOf(log, after) : { code: 'run_not_found', message: `there is no run ${run}` };
        if (fault) {
          send({ id, ok: false, error: fault });
          return;
        }
        send({ id, ok: true });
        send({ kind: 'snapshot', run, state: this.state(run) });
        const watcher: Watcher = {
          run,
          after,
          endedAt: -1,
          send: (kind, fields) => send({ kind, run, ...fields }),
          end: () => undefined,
        };
        own.set(run, watcher);
        this.#watchers.add(watcher);
        this.#pump(watcher);
        return;
      }
      const watcher = own.get(run);
      if (op === 'unsubscribe' && watcher) {
        own.delete(run);
        this.#watchers.delete(watcher);
      }
      send({ id, ok: true });
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.#note(request, body);
    const url = new URL(request.url ?? '/', this.url);
    const scripted = this.script.findIndex(({ path }) => path.test(url.pathname));
    if (scripted >= 0) {
      const [answer] = this.script.splice(scripted, 1);
      if (!answer || answer.cut) request.socket.destroy();
      else this.#reply(response, answer.status, answer.body, answer.headers);
      return;
    }
    if (this.refused.has('everything')) {
      request.socket.destroy();
      return;
    }
    if (!this.#isAllowed(request)) {
      this.#reply(response, 401, { code: 'unauthenticated', detail: 'a valid token is needed', status: 401 });
      return;
    }
    const [, , what = '', run = '', part = ''] = url.pathname.split('/').map(decodeURIComponent);
    const listed = this.lists.get(url.pathname);
    const log = this.logs.get(run);
    if (what === 'blueprints') this.#reply(response, 200, { items: [], nextCursor: null });
    else if (listed) this.#list(response, listed, url);
    else if (!log) this.#reply(response, 404, { code: 'run_not_found', detail: `there is no run ${run}`, status: 404 });
    else if (part === '') this.#reply(response, 200, this.state(run));
    else if (part === 'events') await this.#events(response, run, log, url);
    else if (part === 'stream') this.#stream(request, response, run, log, Number(url.searchParams.get('after')));
    else this.#reply(response, 202, {});
  }

  async #events(response: ServerResponse, run: string, log: RunEvent[], url: URL): Promise<void> {
    const after = Number(url.searchParams.get('after') ?? 0);
    const fault = aheadOf(log, after);
    if (fault) {
      this.#reply(response, 409, { status: 409, ...fault });
      return;
    }
    if (after >= log.length && Number(url.searchParams.get('waitMs') ?? 0) > 0) await this.#grown(run, after, response);
    const events = log.slice(after, after + Number(url.searchParams.get('limit') ?? 500));
    if (this.cuts()) response.destroy();
    else this.#reply(response, 200, { events, next: events.at(-1)?.seq ?? after });
  }

  #grown(run: string, after: number, response: ServerResponse): Promise<void> {
    return new Promise<void>((resolve) => {
      const watcher: Watcher = { run, after, endedAt: -1, send: () => resolve(), end: () => resolve() };
      this.#watchers.add(watcher);
      response.on('close', resolve);
    });
  }

  #stream(request: IncomingMessage, response: ServerResponse, run: string, log: RunEvent[], after: number): void {
    const fault = aheadOf(log, after);
    if (fault) {
      this.#reply(response, 409, { status: 409, ...fault });
      return;
    }
    if (this.swallowed.has('sse')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return;
    }
    if (this.refused.has('sse')) {
      this.#reply(response, 502, 'no');
      return;
    }
    const last = log.at(-1);
    if (last && isEnd(last.type) && after === last.seq) {
      this.#reply(response, 204);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    const watcher: Watcher = {
      run,
      after,
      endedAt: -1,
      send: (kind, fields, seq) => {
        // What was written is let through, so that each connection brings something.
        if (this.cuts()) request.socket.destroySoon();
        if (request.socket.writableEnded) return;
        const event = fields['event'] as RunEvent | undefined;
        const name = event ? event.type : kind;
        response.write(
          `${seq === undefined ? '' : `id: ${seq}\n`}event: ${name}\ndata: ${JSON.stringify(event ?? fields)}\n\n`,
        );
      },
      end: () => response.end(),
    };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
    this.#pump(watcher);
  }

  #list(response: ServerResponse, items: unknown[], url: URL): void {
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const to = from + Number(url.searchParams.get('limit') ?? 2);
    const nextCursor = to < items.length ? String(to) : null;
    this.#reply(response, 200, { items: items.slice(from, to), nextCursor });
  }

  #isAllowed(request: IncomingMessage): boolean {
    return this.token === null || request.headers.authorization === `Bearer ${this.token}`;
  }

  #note({ method = '', url = '', headers }: IncomingMessage, body: string): void {
    this.requests.push({ method, url, headers, body });
  }

  #reply(response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }
}

function isEnd(type: string): boolean {
  return /^run\.(completed|failed|cancelled|terminated|timed_out)$/.test(type);
}

function aheadOf(log: RunEvent[], after: number): { code: string; message: string; lastSeq: number } | null {
  if (after <= log.length) return null;
  return { code: 'cursor_ahead', message: `the log ends at ${log.length}`, lastSeq: log.length };
}
