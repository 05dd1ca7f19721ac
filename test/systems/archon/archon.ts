/** A gateway of a test's own that speaks the archon dialect, with what its clients need. */
import { join } from 'node:path';
import type { Engine } from '../../../gateway/engine.ts';
import { startSurface, type Surface } from '../../../gateway/surface.ts';
import { createLog } from '../../../runtime/log.ts';
import { startBaton, type TestBaton } from '../../harness/baton.ts';
import { Api } from '../../harness/gateway.ts';
import { TestSocket, type Frame } from '../../harness/test-socket.ts';

export interface Archon {
  baton: TestBaton;
  url: string;
  api: Api;
  open(path: string): Promise<TestSocket>;
  /** Opens the socket of a crawl. */
  watch(progressId: string): Promise<TestSocket>;
  crawl(body: Record<string, unknown>): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Another gateway on the same data, with an engine of its own. */
  second(): Promise<Gateway>;
  /** Another gateway, whose clocks a test can wait for. */
  quick(): Promise<Gateway>;
  stop(): Promise<void>;
}

export interface Gateway {
  surface: Surface;
  url: string;
  api: Api;
  open(path: string): Promise<TestSocket>;
}

const quickFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'archon-quick');

export async function startArchon(options: Parameters<typeof startBaton>[0] = {}): Promise<Archon> {
  const baton = await startBaton({ ...options, settings: { CRAWL_ALLOW_PRIVATE: '1', ...options.settings } });
  const { config, metrics } = baton;
  const surfaces: Surface[] = [];
  const start = async (engine: Engine, dialects: { dialectFolders?: string[] } = {}): Promise<Gateway> => {
    const surface = await startSurface({
      config,
      engine,
      metrics,
      log: createLog('test', config.LOG_LEVEL),
      ...dialects,
    });
    surfaces.push(surface);
    const wsUrl = `ws://127.0.0.1:${surface.port}`;
    const url = `http://127.0.0.1:${surface.port}`;
    return { surface, url, api: new Api(url), open: (path) => TestSocket.open(wsUrl + path) };
  };
  const first = await start(baton.engine);
  return {
    baton,
    url: first.url,
    api: first.api,
    open: (path) => first.open(path),
    watch: (progressId) => first.open(`/api/crawl-progress/${progressId}`),
    crawl: (body) => first.api.post('/api/knowledge-items/crawl', body),
    second: async () => start(await baton.startEngine()),
    quick: () => start(baton.engine, { dialectFolders: [quickFolder] }),
    stop: async () => {
      await Promise.all(surfaces.map((surface) => surface.stop()));
      await baton.stop();
    },
  };
}

export const dataOf = (frame: Frame | undefined) => (frame?.['data'] ?? {}) as Frame;

export function updates(socket: TestSocket): Frame[] {
  return socket.frames.filter(({ type }) => type === 'crawl_progress' || type === 'crawl_completed').map(dataOf);
}

export const isConnected = ({ type }: Frame) => type === 'connection_established';
export const isCompleted = ({ type }: Frame) => type === 'crawl_completed';
export const isError = (frame: Frame) => dataOf(frame)['status'] === 'error';
export const hasStatus = (status: string) => (frame: Frame) =>
  frame['type'] !== 'connection_established' && dataOf(frame)['status'] === status;
