/** The launched product, and what the clients of archon-crawl do, written from their contract alone. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { startSite, type Site, type SiteOptions } from '../../fixtures/site.ts';
import { Api, type Json } from '../../harness/gateway.ts';
import { startProduct, type Product, type ProductGateway } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';

export interface Crawled {
  id: string;
  socket: TestSocket;
  last: Frame;
  /** Its updates until then. */
  seen: Frame[];
}

export interface Archon extends ProductGateway {
  product: Product;
  /** Opens the socket of a crawl. */
  watch(progressId: string): Promise<TestSocket>;
  crawl(body: Json): Promise<{ status: number; body: Json }>;
  /** A site of six pages, unless the options say otherwise, until `stop`. */
  serve(options?: SiteOptions): Promise<Site>;
  /** A crawl of it, and a socket that was open before it, until its end, good or bad. */
  crawled(url: string, more?: Json): Promise<Crawled>;
  /** With the token `secret-<name>`. */
  as(name: string): Api;
  /** Another gateway on the same data, a process of its own. */
  second(): Promise<ProductGateway>;
  /** Another gateway, whose clocks a test can wait for; for those alone it runs in the test's process. */
  quick(): Promise<ProductGateway>;
}

const quickFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'archon-quick');

/** Loopback may be crawled, for the sites of the tests are there. */
export async function startArchon(settings: Readonly<Record<string, string>> = {}): Promise<Archon> {
  const product = await startProduct({ CRAWL_ALLOW_PRIVATE: '1', ...settings });
  const sites: Site[] = [];
  const watch = (progressId: string) => product.open(`/api/crawl-progress/${progressId}`);
  const crawl = (body: Json) => product.api.post('/api/knowledge-items/crawl', body);
  return {
    ...product,
    product,
    watch,
    crawl,
    serve: async (options = {}) => {
      const site = await startSite({ pages: 6, ...options });
      sites.push(site);
      return site;
    },
    crawled: async (url, more = {}) => {
      const id = unique('cp');
      const socket = await watch(id);
      await socket.until(isConnected);
      expect(await crawl({ url, progress_id: id, ...more })).toMatchObject({ status: 202 });
      const last = await socket.until((frame) => isCompleted(frame) || isError(frame), 20_000);
      return { id, socket, last, seen: updates(socket) };
    },
    stop: async () => {
      await product.stop();
      await Promise.all(sites.map((site) => site.stop()));
    },
    as: (name) => new Api(product.url, `secret-${name}`),
    second: () => product.startGateway(),
    quick: () => product.startHurried(quickFolder),
  };
}

/** ISO 8601 in UTC with milliseconds. */
export const isoText = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

export const dataOf = (frame: Frame | undefined) => (frame?.['data'] ?? {}) as Frame;

export function updates(socket: TestSocket): Frame[] {
  return socket.frames.filter(({ type }) => type === 'crawl_progress' || type === 'crawl_completed').map(dataOf);
}

/** An HTTP error is told as the contract has it (2), and nothing beside it. */
export function expectError({ status, body }: { status: number; body: Json }, expected: number, code: string): void {
  const message = expect.stringMatching(/./) as string;
  expect({ status, body }).toEqual({ status: expected, body: { error: { code, message }, detail: message } });
  expect(body['detail']).toBe((body['error'] as Json)['message']);
}

export const isConnected = ({ type }: Frame) => type === 'connection_established';
export const isCompleted = ({ type }: Frame) => type === 'crawl_completed';
export const isPing = ({ type }: Frame) => type === 'ping';
export const isError = (frame: Frame) => dataOf(frame)['status'] === 'error';
export const hasStatus = (status: string) => (frame: Frame) =>
  frame['type'] !== 'connection_established' && dataOf(frame)['status'] === status;

export const stagesOf = (kind: 'sitemap' | 'webpage') =>
  `starting analyzing ${kind} crawling processing storing completed`.split(' ');
export const statusesOf = (seen: readonly Frame[]) => [...new Set(seen.map(({ status }) => status))];
