/** The launched product, and the clients of a test. */
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import type { Api } from '../../harness/gateway.ts';
import { startProduct, type Product } from '../../harness/product.ts';
import type { TestSocket } from '../../harness/test-socket.ts';
import { unique } from '../../harness/temporal-server.ts';
import { RoomClient } from './room-client.ts';

type Options = ConstructorParameters<typeof RoomClient>[2];

export interface Rig {
  readonly product: Product;
  readonly api: Api;
  /** An id that no other test has. */
  id(): string;
  /** Connected, with the product's token where it has one and no other is given. */
  client(requestId: string, query?: Record<string, string>, options?: Options): Promise<RoomClient>;
  /** A plain socket; `path` with its query. */
  plain(path: string): Promise<TestSocket>;
  /** What a page of that origin is answered as Socket.IO begins: status, the origin that may read it, credentials. */
  page(origin: string): Promise<[number, string | null, string | null]>;
  /** The id of a request that has run to its end. */
  finished(): Promise<string>;
  /** A request whose second step of three waits, and the client that started it. */
  waitingAtStep2(): Promise<{ requestId: string; client: RoomClient }>;
}

export function isRunning(order: number): (message: Record<string, unknown>) => boolean {
  return ({ step, status }) => step === order && status === 'running';
}

/** Begun before the tests of the file, stopped after them; clients are closed after each. */
export function useRig(settings: Record<string, string> = {}, token: string | null = null): Rig {
  vi.setConfig({ hookTimeout: 120_000 });
  let product: Product | undefined;
  const clients: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    product = await startProduct(settings, { token });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => product?.stop());
  const running = (): Product => {
    if (product === undefined) throw new Error('the product is not up');
    return product;
  };
  const id = () => unique('rq');
  const open = async (requestId: string, query = {}, options: Options = {}) => {
    const auth = token === null ? {} : { auth: { token } };
    return keep(await RoomClient.open(running().url, { requestId, ...query }, { ...auth, ...options }));
  };
  return {
    get product() {
      return running();
    },
    get api() {
      return running().api;
    },
    id,
    client: open,
    plain: async (path) => keep(await running().open(path)),
    page: async (origin) => {
      const response = await fetch(`${running().url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
      const { headers, status } = response;
      return [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    },
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
