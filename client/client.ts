/** The client of a Baton gateway, for Node (20 or later) and browsers. Commands go over HTTP; watches share a socket. */
import { Commands, type QuestionFilter } from './commands.ts';
import { BatonClientError, unreachable } from './errors.ts';
import { Http, type CallOptions, type Token } from './http.ts';
import { TransportChoice } from './transport-choice.ts';
import { transportLadder, type Transport } from './transport-ladder.ts';
import { pollingSource } from './transports/polling-source.ts';
import { sseSource } from './transports/sse-source.ts';
import { WebSocketConnection, type WebSocketConstructor } from './transports/websocket-connection.ts';
import { WebSocketPool } from './transports/websocket-pool.ts';
import { webSocketSource } from './transports/websocket-source.ts';
import type { Attendee, Question, RunSummary } from './types.ts';
import { questionList, runList, watchList, type RunWatch } from './watch-list.ts';
import { watchPresence } from './watch-presence.ts';
import { watchRun, type WatchItem, type WatchMeans, type WatchOptions } from './watch-run.ts';

export interface ClientOptions {
  /** Of the gateway, with a path if a proxy puts it under one. In a browser it may be relative. */
  url: string | URL;
  /** A function is asked at each request and connection: return a fresh token when the old one has expired. */
  token?: Token;
  /** Default `auto`: WebSocket, else server-sent events, else long polling. */
  transport?: 'auto' | Transport;
  /** Of the program, where it is one of Baton's own: runs' logs say by which way a command came. */
  name?: 'cli' | 'console';
  /** Default: the global one. */
  fetch?: typeof fetch;
  /** Default: the global one, which Node has from version 22 on; the `ws` package's fits too. */
  WebSocket?: WebSocketConstructor;
}

export class BatonClient extends Commands {
  readonly #pool: WebSocketPool;
  readonly #means: WatchMeans;
  readonly #WebSocket: WebSocketConstructor | undefined;
  #transport: Transport | null = null;
  readonly #closed = new AbortController();

  /** Errors: no_transport, where `transport: 'websocket'` is asked for and there is none. */
  constructor(options: ClientOptions) {
    super(new Http(options));
    this.#WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    if (options.transport === 'websocket' && !this.#WebSocket) {
      throw new BatonClientError('no_transport', 'there is no WebSocket here: pass one, or take another transport');
    }
    this.#pool = new WebSocketPool(() => this.#openSocket());
    const ladder = transportLadder(options.transport ?? 'auto', this.#WebSocket !== undefined);
    this.#means = {
      choice: new TransportChoice(ladder, () => this.#canOpenSocket()),
      sources: {
        websocket: webSocketSource(this.#pool),
        sse: sseSource(this.http),
        polling: pollingSource(this.http),
      },
      isReachable: (signal) => this.#isReachable(signal),
      canRenewToken: typeof options.token === 'function',
      onTransport: (transport) => (this.#transport = transport),
    };
  }

  /** What the newest connection of a watch uses; null while there is none. */
  get transport(): Transport | null {
    return this.#transport;
  }

  /**
   * Reads a run's log from `after` on, every event once and in order, over any number of broken connections.
   * Errors: run_not_found, forbidden, unauthenticated, cursor_ahead. A gateway that is away is waited for.
   */
  watch(run: string, options: WatchOptions = {}): AsyncGenerator<WatchItem, void, undefined> {
    return watchRun(this.#means, run, { ...options, signal: this.#signal(options.signal) });
  }

  /** Each run that fits, then each one again whenever it changes (about once a second at most). Ends by its signal only. */
  watchRuns(filter: RunWatch = {}): AsyncGenerator<RunSummary, void, undefined> {
    return watchList(this.#means, this.#pool, runList(this, filter), this.#signal(filter.signal));
  }

  /** Each open question that fits, then each one that is asked, answered or closed. Ends by its signal only. */
  watchQuestions(filter: QuestionFilter = {}): AsyncGenerator<Question, void, undefined> {
    return watchList(this.#means, this.#pool, questionList(this, filter), this.#signal(filter.signal));
  }

  /**
   * Has a question open for as long as it is read from, and gives who else has; again whenever that changes. It locks
   * nothing. null: it is not known now (the connection is lost, or is none that tells). Ends by its signal only.
   * Errors: run_not_found, question_not_found, forbidden, unauthenticated, subscription_limit.
   */
  watchPresence(
    run: string,
    question: string,
    { signal }: CallOptions = {},
  ): AsyncGenerator<Attendee[] | null, void, undefined> {
    return watchPresence(this.#means, this.#pool, { run, question }, this.#signal(signal));
  }

  /** Ends every watch, with an AbortError, and the sockets. */
  close(): void {
    this.#closed.abort(new DOMException('the client was closed', 'AbortError'));
    this.#pool.close();
    this.#transport = null;
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
  }

  async #openSocket(): Promise<WebSocketConnection> {
    const { http } = this;
    if (!this.#WebSocket) throw unreachable('there is no WebSocket here');
    const address = http.address('v1/ws');
    address.protocol = address.protocol.replace('http', 'ws');
    const bearer = await http.bearer();
    // Browsers can't set headers on a WebSocket; whoever can, keeps the token out of the address.
    const canSetHeaders = 'process' in globalThis && typeof process.versions?.node === 'string';
    if (bearer !== undefined && !canSetHeaders) address.searchParams.set('token', bearer);
    const headers = bearer !== undefined && canSetHeaders ? { authorization: `Bearer ${bearer}` } : undefined;
    return WebSocketConnection.open({ url: address.href, headers, WebSocket: this.#WebSocket });
  }

  async #canOpenSocket(): Promise<boolean> {
    try {
      const connection = await this.#openSocket();
      connection.close();
      return true;
    } catch (error) {
      if (error instanceof BatonClientError) return false;
      throw error;
    }
  }

  /** By a request that needs the token too: a WebSocket does not say why it was refused. */
  async #isReachable(signal: AbortSignal): Promise<boolean> {
    try {
      await this.http.json('v1/blueprints', { signal });
      return true;
    } catch (error) {
      if (!(error instanceof BatonClientError) || error.code === 'unauthenticated') throw error;
      return error.status > 0 && error.code !== 'bad_response';
    }
  }
}
