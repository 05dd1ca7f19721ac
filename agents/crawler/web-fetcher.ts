/**
 * Fetches one address at a time for a crawl: redirects by hand, every limit kept, and no connection to an address that
 * its guard forbids. The check is made on what the socket connects to: a literal address in the connector, a name's answers
 * in the socket's own lookup, so that nothing can change between check and connection.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, type Dispatcher, errors, request } from 'undici';
import { BatonError } from '../../protocol/errors.ts';
import { crawlBodyBytes, crawlPageTimeoutMs, crawlRedirectsMax } from '../../protocol/limits.ts';
import { guardedConnector } from '../../runtime/guarded-connector.ts';
import type { AddressGuard } from '../../runtime/public-address.ts';
import { toAddress } from './address.ts';
import { FetchFault } from './fetch-fault.ts';
import { robotsAgent } from './robots-rules.ts';

export interface Fetched {
  /** After redirects. */
  url: string;
  /** Lower case, without parameters; empty when the server says none. */
  mediaType: string;
  charset?: string;
  bytes: Uint8Array;
}

export interface FetchRules {
  /** Throws a `FetchFault` where a redirect must not be followed. */
  onRedirect?(target: string): void | Promise<void>;
  /** Whether a body of this media type is wanted; else it is not read: `unsupported_type`. */
  accepts?(mediaType: string): boolean;
}

export interface WebFetcherOptions {
  /** Which addresses may be connected to; null: all. */
  guard: AddressGuard | null;
  /** Connections to one origin at once. */
  connections: number;
  pageTimeoutMs?: number;
}

type ResponseData = Dispatcher.ResponseData;

const requestHeaders = {
  'user-agent': `${robotsAgent}/1.0`,
  accept: 'text/html, text/markdown, text/plain;q=0.9, application/xml;q=0.8, */*;q=0.1',
  'accept-encoding': 'gzip, deflate, br',
};

export class WebFetcher {
  readonly #agent: Agent;
  readonly #pageTimeoutMs: number;

  constructor({ guard, connections, pageTimeoutMs = crawlPageTimeoutMs }: WebFetcherOptions) {
    this.#pageTimeoutMs = pageTimeoutMs;
    this.#agent = new Agent({ connections, connect: guard ? guardedConnector(guard, crawlPageTimeoutMs) : {} });
  }

  /** Throws a `FetchFault`, or the signal's reason. A status other than 2xx is a fault. */
  async fetch(address: string, signal: AbortSignal, rules: FetchRules = {}): Promise<Fetched> {
    const deadline = AbortSignal.timeout(this.#pageTimeoutMs);
    try {
      return await this.#follow(address, AbortSignal.any([signal, deadline]), rules);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw new FetchFault('timeout', `no whole page within ${this.#pageTimeoutMs} ms`);
      throw asFault(error);
    }
  }

  /** Ends every connection at once. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #follow(address: string, signal: AbortSignal, rules: FetchRules): Promise<Fetched> {
    let url = address;
    for (let redirects = 0; ; redirects += 1) {
      const response = await request(url, { dispatcher: this.#agent, headers: requestHeaders, signal });
      const location = redirectTarget(response);
      if (location === undefined) return await read(url, response, rules);
      await discard(response);
      if (redirects >= crawlRedirectsMax)
        throw new FetchFault('too_many_redirects', `more than ${crawlRedirectsMax} redirects`);
      const target = toAddress(location, url);
      if (target === null) throw new FetchFault('bad_redirect', `redirected to ${location.slice(0, 200)}`);
      await rules.onRedirect?.(target);
      url = target;
    }
  }
}

function redirectTarget({ statusCode, headers }: ResponseData): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? single(headers['location']) : undefined;
}

async function read(url: string, response: ResponseData, rules: FetchRules): Promise<Fetched> {
  const { statusCode, headers } = response;
  if (statusCode < 200 || statusCode > 299) {
    await discard(response);
    throw new FetchFault('http_status', `the server answered ${statusCode}`, statusCode);
  }
  const contentType = single(headers['content-type']) ?? '';
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (rules.accepts && !rules.accepts(mediaType)) {
    await discard(response);
    throw new FetchFault('unsupported_type', `it is ${mediaType === '' ? 'of no type' : mediaType}`, statusCode);
  }
  if (Number(headers['content-length'] ?? 0) > crawlBodyBytes) {
    await discard(response);
    throw tooLarge();
  }
  const raw = await readBody(response);
  const bytes = await unpack(raw, single(headers['content-encoding']) ?? '');
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  return { url, mediaType, bytes, ...(charset === undefined ? {} : { charset }) };
}

async function readBody({ body }: ResponseData): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early closes the connection.
  for await (const part of body as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > crawlBodyBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const unpackers: Readonly<
  Record<string, ((bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>) | undefined>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  identity: (bytes) => Promise.resolve(bytes),
};

async function unpack(bytes: Uint8Array, encodings: string): Promise<Uint8Array> {
  let unpacked = bytes;
  const names = encodings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names.toReversed()) {
    const unpacker = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined;
    if (!unpacker) throw new FetchFault('bad_encoding', `its encoding is ${name.slice(0, 50)}`);
    try {
      unpacked = await unpacker(unpacked, { maxOutputLength: crawlBodyBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
      throw new FetchFault('bad_encoding', `its ${name} cannot be unpacked`, undefined, { cause: error });
    }
  }
  return unpacked;
}

/** Short bodies are read to their end, so that the connection can be used again; a long one costs its connection. */
async function discard({ body }: ResponseData): Promise<void> {
  await body.dump({ limit: 16 * 1024 });
}

function tooLarge(): FetchFault {
  return new FetchFault('too_large', `its body is over ${crawlBodyBytes} bytes`);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function asFault(error: unknown): FetchFault {
  if (error instanceof FetchFault) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof BatonError && cause.code === 'target_forbidden')
    return new FetchFault('target_forbidden', cause.message, undefined, { cause });
  if (cause instanceof errors.ConnectTimeoutError)
    return new FetchFault('timeout', cause.message, undefined, { cause });
  return new FetchFault('network', describe(cause), undefined, { cause });
}

/** Several addresses of a host that all failed are one AggregateError without a message. */
function describe(error: Error): string {
  const inner = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  return inner.map(({ message }) => message).join('; ') || error.name;
}
