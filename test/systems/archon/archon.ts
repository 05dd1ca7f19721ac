/** A gateway of a test's own that speaks the archon dialect, with what its clients need. */
import { loadDialects } from '../../../gateway/dialects/load-dialects.ts';
import { createDialect } from '../../../gateway/dialects/archon/dialect.ts';
import { contractClocks, type Clocks } from '../../../gateway/dialects/archon/clocks.ts';
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
  /** Another gateway on the same data, with these clocks, and an engine of its own unless one is given. */
  second(clocks?: Partial<Clocks>, engine?: Engine): Promise<Gateway>;
  stop(): Promise<void>;
}

export interface Gateway {
  surface: Surface;
  url: string;
  open(path: string): Promise<TestSocket>;
}

export async function startArchon(options: Parameters<typeof startBaton>[0] = {}): Promise<Archon> {
  const baton = await startBaton({ ...options, settings: { CRAWL_ALLOW_PRIVATE: '1', ...options.settings } });
  const { config, metrics } = baton;
  const surfaces: Surface[] = [];
  const start = async (engine: Engine, clocks?: Partial<Clocks>): Promise<Gateway> => {
    const surface = await startSurface({
      config,
      engine,
      metrics,
      log: createLog('test', config.LOG_LEVEL),
      dialects: async (context) =>
        clocks ? [createDialect(context, { ...contractClocks, ...clocks })] : loadDialects(context),
    });
    surfaces.push(surface);
    const wsUrl = `ws://127.0.0.1:${surface.port}`;
    return { surface, url: `http://127.0.0.1:${surface.port}`, open: (path) => TestSocket.open(wsUrl + path) };
  };
  const first = await start(baton.engine);
  const api = new Api(first.url);
  return {
    baton,
    url: first.url,
    api,
    open: first.open,
    watch: (progressId) => first.open(`/api/crawl-progress/${progressId}`),
    crawl: (body) => api.post('/api/knowledge-items/crawl', body),
    second: async (clocks, engine) => start(engine ?? (await baton.startEngine()), clocks),
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
