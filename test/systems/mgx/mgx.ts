/** The launched product, and what the clients of mgx-tasks do, written from their contract alone. */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Json } from '../../harness/gateway.ts';
import { startProduct, type Product, type ProductGateway } from '../../harness/product.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';

export interface MgxGateway extends ProductGateway {
  /** Opens the socket of a task; `query` as in `?after=3`. */
  watch(task: string, query?: string): Promise<TestSocket>;
}

export interface Mgx extends MgxGateway {
  product: Product;
  /** Creates a task, and returns its id. */
  create(prompt?: string, more?: Json): Promise<string>;
  /** Another gateway on the same data, a process of its own. */
  second(): Promise<MgxGateway>;
  /** Another gateway, whose clocks a test can wait for; for those alone it runs in the test's process. */
  quick(): Promise<MgxGateway>;
}

const quickFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'mgx-quick');

export async function startMgx(...[settings, options]: Parameters<typeof startProduct>): Promise<Mgx> {
  const product = await startProduct({ MGX_TEST_PACE_MS: '40', ...settings }, options);
  return {
    ...gatewayOf(product),
    product,
    create: async (prompt = 'A page that lists my books', more = {}) => {
      const { status, body } = await product.api.post('/api/tasks', { input_prompt: prompt, ...more });
      if (status !== 201) throw new Error(`not created: ${JSON.stringify(body)}`);
      return String(body['id']);
    },
    second: async () => gatewayOf(await product.startGateway()),
    quick: async () => gatewayOf(await product.startHurried(quickFolder)),
  };
}

function gatewayOf(gateway: ProductGateway): MgxGateway {
  return { ...gateway, watch: (task, query = '') => gateway.open(`/ws/tasks/${task}${query}`) };
}

/** ISO 8601 in UTC with milliseconds. */
export const isoText = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

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

/** Each role with the time from its AGENT_STARTED to its AGENT_FINISHED. */
export function secondsOfRoles(events: readonly Frame[]): [role: string, seconds: number][] {
  const at = (type: string, role: unknown) =>
    Date.parse(
      String(events.find((event) => event['event_type'] === type && event['agent_role'] === role)?.['timestamp']),
    );
  return events
    .filter((event) => event['event_type'] === 'AGENT_STARTED')
    .map(({ agent_role: role }) => [String(role), (at('AGENT_FINISHED', role) - at('AGENT_STARTED', role)) / 1_000]);
}
