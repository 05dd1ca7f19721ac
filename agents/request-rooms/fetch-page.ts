/**
 * The tool `fetch`: one address, its redirects followed, no connection to what the guard forbids. Any answer of a
 * server is a result, whatever its status; a network's fault is tried again, for it may pass.
 */
import { setTimeout } from 'node:timers/promises';
import { load } from 'cheerio';
import { Agent, type Dispatcher, request } from 'undici';
import { BatonError } from '../../protocol/errors.ts';
import {
  crawlBodyBytes,
  crawlPageTimeoutMs,
  crawlRedirectsMax,
  roomsFetchRetryMs,
  roomsFetchTries,
  roomsTitleBytes,
  roomsTitleCharacters,
} from '../../protocol/limits.ts';
import { guardedConnector } from '../../runtime/guarded-connector.ts';
import type { AddressGuard } from '../../runtime/public-address.ts';
import { StepFault } from './step-fault.ts';

export interface FetchedPage extends Record<string, unknown> {
  /** After redirects. */
  url: string;
  status: number;
  /** Of the body, as it was sent. */
  bytes: number;
  /** Of an HTML page; null for anything else. */
  title: string | null;
}

export interface FetchOptions {
  /** Which addresses may be connected to; null: all. */
  guard: AddressGuard | null;
  signal: AbortSignal;
  /** Before the second try; doubles. */
  retryMs?: number;
}

/** Throws a `StepFault`, or the signal's reason. */
export async function fetchPage(address: string, options: FetchOptions): Promise<FetchedPage> {
  const { guard, signal, retryMs = roomsFetchRetryMs } = options;
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '')
    throw new StepFault('bad_address', `${address.slice(0, 200)} is no address that can be fetched`);
  const agent = new Agent({ connect: guard ? guardedConnector(guard, crawlPageTimeoutMs) : {} });
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await follow(url.href, agent, AbortSignal.any([signal, AbortSignal.timeout(crawlPageTimeoutMs)]));
      } catch (error) {
        signal.throwIfAborted();
        const fault = faultOf(error);
        if (!fault.mayPass || tries === roomsFetchTries) throw fault.fault;
      }
      await setTimeout(retryMs * 2 ** (tries - 1), undefined, { signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await agent.destroy();
  }
}

async function follow(address: string, dispatcher: Agent, signal: AbortSignal): Promise<FetchedPage> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, { dispatcher, signal, headers: { 'user-agent': 'baton/1.0', accept: '*/*' } });
    const target = redirectTarget(url, response);
    if (target === null) return await read(url, response);
    await response.body.dump({ limit: 16 * 1024 });
    if (redirects === crawlRedirectsMax)
      throw new StepFault('too_many_redirects', `${address} redirects more than ${crawlRedirectsMax} times`);
    url = target;
  }
}

function redirectTarget(url: string, { statusCode, headers }: Dispatcher.ResponseData): string | null {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(statusCode) || typeof location !== 'string') return null;
  const target = URL.parse(location, url);
  if (target === null || !/^https?:$/.test(target.protocol))
    throw new StepFault('bad_redirect', `${url} redirects to ${location.slice(0, 200)}`);
  target.hash = '';
  return target.href;
}

async function read(url: string, { statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<FetchedPage> {
  const head: Uint8Array[] = [];
  let headBytes = 0;
  let bytes = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > crawlBodyBytes) throw new StepFault('too_large', `The body of ${url} is over ${crawlBodyBytes} bytes`);
    if (headBytes >= roomsTitleBytes) continue;
    headBytes += part.byteLength;
    head.push(part);
  }
  const isHtml = String(headers['content-type'] ?? '').startsWith('text/html');
  return { url, status, bytes, title: isHtml ? titleOf(Buffer.concat(head).toString('utf8')) : null };
}

function titleOf(html: string): string | null {
  const title = load(html)('head > title').first().text().replaceAll(/\s+/g, ' ').trim();
  return title === '' ? null : title.slice(0, roomsTitleCharacters).toWellFormed();
}

function faultOf(error: unknown): { fault: StepFault; mayPass: boolean } {
  if (error instanceof StepFault) return { fault: error, mayPass: false };
  const { message, name } = error as Error;
  if (error instanceof BatonError && error.code === 'target_forbidden')
    return { fault: new StepFault(error.code, message, { cause: error }), mayPass: false };
  const inner = error instanceof AggregateError ? (error.errors as Error[]).map((each) => each.message).join('; ') : '';
  return { fault: new StepFault('fetch_failed', message || inner || name, { cause: error }), mayPass: true };
}
