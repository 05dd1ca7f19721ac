/** Requests to the gateway: address, token, time limit, repetition, errors. */
import { requestAttempts, requestTimeoutMs } from '../protocol/limits.ts';
import { backoffMs, delay } from './backoff.ts';
import { isObject } from './frame.ts';
import { BatonClientError, fromProblem, unreachable } from './errors.ts';

/** A fixed token, or one that is asked for at each request and connection, so that it can be renewed. */
export type Token = string | (() => string | Promise<string>);

export interface CallOptions {
  signal?: AbortSignal;
}

export interface HttpRequest extends CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Doing it twice does no harm: it is tried again when no reply came. */
  repeatable?: boolean;
  /** What the gateway is asked to wait, on top of the time limit. */
  waitMs?: number;
  /** The reply's body is read by the caller as it comes: the time limit ends with the headers. */
  stream?: boolean;
}

/** Refused before anything was done: safe to try again, whatever the request. */
const refusedUndone: ReadonlySet<string> = new Set(['rate_limited', 'too_many_connections', 'shutting_down']);

/** Longer than this a request does not wait for what `Retry-After` names: the caller is told instead. */
const retryAfterMaxMs = requestTimeoutMs;

/** What was prepared on a seq that has passed does not become right by itself: whoever looked at it looks again. */
function mayPass({ code, retry, details }: BatonClientError): boolean {
  return retry && !(code === 'run_moved' && details['ifSeq'] !== undefined);
}

export class Http {
  readonly base: URL;
  readonly token: Token | undefined;
  readonly #fetch: typeof fetch;
  readonly #name: string | undefined;

  constructor(options: {
    url: string | URL;
    token?: Token | undefined;
    fetch?: typeof fetch | undefined;
    name?: string | undefined;
  }) {
    this.#name = options.name;
    const here = (globalThis as { location?: { href?: string } }).location?.href;
    const base = new URL(options.url, here);
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.base = base;
    this.token = options.token;
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** Errors: every code of the gateway; unreachable, timeout, bad_response. Rejects with the signal's reason when it fires. */
  async send(path: string, request: HttpRequest = {}): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sendOnce(path, request);
      } catch (error) {
        if (!(error instanceof BatonClientError) || attempt >= requestAttempts) throw error;
        const again = (mayPass(error) && request.repeatable === true) || refusedUndone.has(error.code);
        const waitMs = error.retryAfterMs ?? backoffMs(attempt, Math.random());
        if (!again || waitMs > retryAfterMaxMs) throw error;
        await delay(waitMs, request.signal ?? new AbortController().signal);
      }
    }
  }

  async json(path: string, request: HttpRequest = {}): Promise<{ status: number; body: unknown }> {
    const response = await this.send(path, request);
    return { status: response.status, body: await readJson(response) };
  }

  address(path: string, query: HttpRequest['query'] = {}): URL {
    const url = new URL(path.replace(/^\//, ''), this.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  async bearer(): Promise<string | undefined> {
    return typeof this.token === 'function' ? await this.token() : this.token;
  }

  async #sendOnce(path: string, request: HttpRequest): Promise<Response> {
    request.signal?.throwIfAborted();
    const bearer = await this.bearer();
    const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
    if (bearer !== undefined) headers['authorization'] = `Bearer ${bearer}`;
    if (request.body !== undefined) {
      headers['content-type'] = 'application/json';
      if (this.#name !== undefined) headers['x-baton-client'] = this.#name;
    }
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), requestTimeoutMs + (request.waitMs ?? 0));
    const signal = request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal;
    const method = request.method ?? 'GET';
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    try {
      const response = await this.#fetch(this.address(path, request.query), { method, headers, body, signal });
      if (!response.ok) {
        throw fromProblem(response.status, await readProblem(response), response.headers.get('retry-after'));
      }
      return request.stream === true ? response : await buffered(response);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof BatonClientError) throw error;
      if (limit.signal.aborted) {
        throw new BatonClientError('timeout', `no reply from ${this.base.origin} in time`, { retry: true });
      }
      throw unreachable(`no connection to ${this.base.origin}${reasonOf(error)}`, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A command on a run; its answer's body. */
export async function post(
  http: Http,
  run: string,
  action: string,
  body: unknown,
  { signal, repeatable = false }: CallOptions & { repeatable?: boolean },
): Promise<unknown> {
  const request = { method: 'POST' as const, body, repeatable, ...(signal && { signal }) };
  return (await http.json(`${runPath(run)}/${action}`, request)).body;
}

export function runPath(run: string): string {
  return `v1/runs/${encodeURIComponent(run)}`;
}

export function expectObject(body: unknown): Record<string, unknown> {
  if (isObject(body)) return body;
  throw new BatonClientError('bad_response', 'the answer is not what this request is answered with');
}

/** The whole body under the same time limit: a reply that stops half-way is no reply. */
async function buffered(response: Response): Promise<Response> {
  const bytes = await response.arrayBuffer();
  const empty = [204, 205, 304].includes(response.status);
  return new Response(empty ? null : bytes, { status: response.status, headers: response.headers });
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new BatonClientError('bad_response', 'the answer is not JSON: is this a Baton gateway?', {
      status: response.status,
      cause,
    });
  }
}

async function readProblem(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}
