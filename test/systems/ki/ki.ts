/** ki-autoagent as a test has it: the launched product, a workspace, and clients that know the contract alone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProduct, type Product, type ProductGateway } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';

export interface KiGateway extends Omit<ProductGateway, 'open'> {
  /** `query` as in `?session_id=s`. */
  open(query?: string): Promise<TestSocket>;
}

export interface Ki extends KiGateway {
  product: Product;
  /** A folder with a package.json that names express and zod. */
  workspace: string;
  /** Another gateway on the same data, a process of its own. */
  second(): Promise<KiGateway>;
  /** Another gateway, whose clocks a test can wait for; for those alone it runs in the test's process. */
  quick(): Promise<KiGateway>;
}

const quickFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'ki-quick');

export async function startKi(...[settings, options]: Parameters<typeof startProduct>): Promise<Ki> {
  const workspace = await mkdtemp(join(tmpdir(), 'baton-ki-'));
  await writeFile(join(workspace, 'package.json'), '{"dependencies":{"express":"5"},"devDependencies":{"zod":"4"}}');
  await writeFile(join(workspace, 'index.js'), 'export {};\n');
  const product = await startProduct(settings, options);
  return {
    ...gatewayOf(product),
    product,
    workspace,
    second: async () => gatewayOf(await product.startGateway()),
    quick: async () => gatewayOf(await product.startHurried(quickFolder)),
    stop: async () => {
      await product.stop();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

function gatewayOf(gateway: ProductGateway): KiGateway {
  return { ...gateway, open: (query = '') => gateway.open(`/ws/chat${query}`) };
}

export const question = 'what is this project?';
export const wish = 'build a note-taking service';

export const newSession = () => unique('s');
export const isType = (type: string) => (frame: Frame) => frame['type'] === type;
export const isEnd = isType('workflow_complete');
export const isAsked = isType('hitl_request');
export const isError = isType('error');

/** The seven types that take a number. */
export const eventTypes = new Set(
  'supervisor_decision command_routing agent_start mcp_progress agent_complete research_request hitl_request'.split(
    ' ',
  ),
);
export const eventsOf = (frames: readonly Frame[]) => frames.filter(({ type }) => eventTypes.has(String(type)));
export const seqsOf = (frames: readonly Frame[]) => eventsOf(frames).map(({ seq }) => seq);

/** Frames in short: decisions, jumps, agents and their ends; progress left out. */
export function story(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => {
    const { type } = frame;
    if (type === 'supervisor_decision') return [`${String(frame['iteration'])} ${String(frame['decision'])}`];
    if (type === 'command_routing') return [`${String(frame['from_node'])} > ${String(frame['to_node'])}`];
    if (type === 'agent_start' || type === 'agent_complete') return [`${type} ${String(frame['agent'])}`];
    if (type === 'hitl_resolved') return [`hitl_resolved ${String(frame['decision'])} by ${String(frame['by'])}`];
    if (type === 'workflow_complete') return [`workflow_complete ${String(frame['status'])}`];
    return type === 'research_request' || type === 'hitl_request' ? [type] : [];
  });
}

/** Opens a socket of a session, says a wish, and waits for its end. A socket without one hears other tests' runs. */
export async function runToEnd(ki: KiGateway, chat: Frame): Promise<TestSocket> {
  const socket = await ki.open(`?session_id=${newSession()}`);
  socket.send({ type: 'chat', ...chat });
  await socket.until((frame) => isEnd(frame) || isError(frame), 40_000);
  return socket;
}
