/** A gateway of a test's own, and what the clients of mgx-tasks do, written from their contract alone. */
import { join } from 'node:path';
import type { Engine } from '../../../gateway/engine.ts';
import { startSurface, type Surface } from '../../../gateway/surface.ts';
import { createLog } from '../../../runtime/log.ts';
import { startBaton, type TestBaton } from '../../harness/baton.ts';
import { Api, type Json } from '../../harness/gateway.ts';
import { TestSocket, type Frame } from '../../harness/test-socket.ts';

export interface MgxGateway {
  surface: Surface;
  url: string;
  api: Api;
  /** Opens the socket of a task; `query` as in `?after=3`. */
  watch(task: string, query?: string): Promise<TestSocket>;
}

export interface Mgx extends MgxGateway {
  baton: TestBaton;
  /** Creates a task, and returns its id. */
  create(prompt?: string, more?: Json): Promise<string>;
  /** Another gateway on the same data, with an engine of its own. */
  second(): Promise<MgxGateway>;
  /** Another gateway, whose clocks a test can wait for. */
  quick(): Promise<MgxGateway>;
  stop(): Promise<void>;
}

const quickFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'mgx-quick');

export async function startMgx(options: Parameters<typeof startBaton>[0] = {}): Promise<Mgx> {
  const baton = await startBaton({ ...options, settings: { MGX_TEST_PACE_MS: '40', ...options.settings } });
  const { config, metrics } = baton;
  const surfaces: Surface[] = [];
  const start = async (engine: Engine, more: { dialectFolders?: string[] } = {}): Promise<MgxGateway> => {
    const log = createLog('test', config.LOG_LEVEL);
    const surface = await startSurface({ config, engine, metrics, log, ...more });
    surfaces.push(surface);
    const address = `127.0.0.1:${surface.port}`;
    return {
      surface,
      url: `http://${address}`,
      api: new Api(`http://${address}`),
      watch: (task, query = '') => TestSocket.open(`ws://${address}/ws/tasks/${task}${query}`),
    };
  };
  const first = await start(baton.engine);
  return {
    ...first,
    baton,
    create: async (prompt = 'A page that lists my books', more = {}) => {
      const { status, body } = await first.api.post('/api/tasks', { input_prompt: prompt, ...more });
      if (status !== 201) throw new Error(`not created: ${JSON.stringify(body)}`);
      return String(body['id']);
    },
    second: async () => start(await baton.startEngine()),
    quick: () => start(baton.engine, { dialectFolders: [quickFolder] }),
    stop: async () => {
      await Promise.all(surfaces.map((surface) => surface.stop()));
      await baton.stop();
    },
  };
}

export const dataOf = (frame: Frame | undefined) => (frame?.['data'] ?? {}) as Frame;
export const eventsOf = ({ frames }: { frames: Frame[] }) => frames.filter(({ type }) => type === 'event').map(dataOf);
export const statesOf = ({ frames }: { frames: Frame[] }) => frames.filter(({ type }) => type === 'state').map(dataOf);
export const idsOf = (socket: { frames: Frame[] }) => eventsOf(socket).map((event) => Number(event['event_id']));
export const typesOf = (socket: { frames: Frame[] }) =>
  socket.frames.map((frame) => (frame['type'] === 'event' ? dataOf(frame)['event_type'] : frame['type']));

export const isEvent =
  (type: string, role?: string) =>
  (frame: Frame): boolean =>
    frame['type'] === 'event' &&
    dataOf(frame)['event_type'] === type &&
    (role === undefined || dataOf(frame)['agent_role'] === role);
export const hasStatus =
  (status: string) =>
  (frame: Frame): boolean =>
    frame['type'] === 'state' && dataOf(frame)['status'] === status;
export const isError = ({ type }: Frame): boolean => type === 'error';
