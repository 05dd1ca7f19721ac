/** A gateway with its worker, and the clients of a test. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Api, startTestGateway, type TestGateway } from '../../harness/gateway.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { unique } from '../../harness/temporal-server.ts';
import { RoomClient } from './room-client.ts';

type Options = ConstructorParameters<typeof RoomClient>[2];

export interface Rig {
  readonly gateway: TestGateway;
  readonly api: Api;
  /** An id that no other test has. */
  id(): string;
  /** Connected. */
  client(requestId: string, query?: Record<string, string>, options?: Options): Promise<RoomClient>;
  /** A plain socket; `path` with its query. */
  plain(path: string): Promise<TestSocket>;
  /** The id of a request that has run to its end. */
  finished(): Promise<string>;
  /** A request whose second step of three waits, and the client that started it. */
  waitingAtStep2(): Promise<{ requestId: string; client: RoomClient }>;
}

export function isRunning(order: number): (message: Record<string, unknown>) => boolean {
  return ({ step, status }) => step === order && status === 'running';
}

/** Begun before the tests of the file, stopped after them; clients are closed after each. */
export function useRig(settings: Record<string, string> = {}): Rig {
  let gateway: TestGateway | undefined;
  const clients: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    gateway = await startTestGateway({ settings: { LOG_LEVEL: 'error', ...settings } });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => gateway?.stop());
  const running = (): TestGateway => {
    if (gateway === undefined) throw new Error('the gateway is not up');
    return gateway;
  };
  const id = () => unique('rq');
  const open = async (requestId: string, query = {}, options: Options = {}) =>
    keep(await RoomClient.open(running().url, { requestId, ...query }, options));
  return {
    get gateway() {
      return running();
    },
    get api() {
      return new Api(running().url);
    },
    id,
    client: open,
    plain: async (path) => keep(await TestSocket.open(running().url.replace('http', 'ws') + path)),
    finished: async () => {
      const requestId = id();
      const client = await open(requestId);
      client.emit('start', { requestId, userQuery: 'calculate 6*7' });
      await client.until('request.completed');
      client.close();
      return requestId;
    },
    waitingAtStep2: async () => {
      const requestId = id();
      const client = await open(requestId);
      client.emit('start', { requestId, userQuery: 'calculate 6*7; wait 300s; summarize' });
      await client.until(isRunning(2));
      return { requestId, client };
    },
  };
}
