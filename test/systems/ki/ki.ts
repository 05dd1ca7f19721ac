/** ki-autoagent as a test has it: a gateway of its own, a workspace, and clients that know the contract alone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../../gateway/engine.ts';
import { startSurface, type Surface } from '../../../gateway/surface.ts';
import { createLog } from '../../../runtime/log.ts';
import { startBaton, type TestBaton } from '../../harness/baton.ts';
import { Api } from '../../harness/gateway.ts';
import { TestSocket, type Frame } from '../../harness/test-socket.ts';
import { unique } from '../../harness/temporal-server.ts';

export interface KiGateway {
  surface: Surface;
  url: string;
  api: Api;
  /** `query` as in `?session_id=s`. */
  open(query?: string): Promise<TestSocket>;
}

export interface Ki extends KiGateway {
  baton: TestBaton;
  /** A folder with a package.json that names express and zod. */
  workspace: string;
  second(): Promise<KiGateway>;
  /** With clocks that a test can wait for. */
  quick(): Promise<KiGateway>;
  stop(): Promise<void>;
}

const quickFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'ki-quick');

export async function startKi(
  settings: Record<string, string> = {},
  { worker = true }: { worker?: boolean } = {},
): Promise<Ki> {
  const workspace = await mkdtemp(join(tmpdir(), 'baton-ki-'));
  await writeFile(join(workspace, 'package.json'), '{"dependencies":{"express":"5"},"devDependencies":{"zod":"4"}}');
  await writeFile(join(workspace, 'index.js'), 'export {};\n');
  const baton = await startBaton({ settings: { LOG_LEVEL: 'error', ...settings }, worker });
  const { config, metrics } = baton;
  const surfaces: Surface[] = [];
  const start = async (engine: Engine, dialects: { dialectFolders?: string[] } = {}): Promise<KiGateway> => {
    const log = createLog('test', config.LOG_LEVEL);
    const surface = await startSurface({ config, engine, metrics, log, ...dialects });
    surfaces.push(surface);
    const host = `127.0.0.1:${surface.port}`;
    return {
      surface,
      url: `http://${host}`,
      api: new Api(`http://${host}`),
      open: (query = '') => TestSocket.open(`ws://${host}/ws/chat${query}`),
    };
  };
  return {
    ...(await start(baton.engine)),
    baton,
    workspace,
    second: async () => start(await baton.startEngine()),
    quick: () => start(baton.engine, { dialectFolders: [quickFolder] }),
    stop: async () => {
      await Promise.all(surfaces.map((surface) => surface.stop()));
      await baton.stop();
      await rm(workspace, { recursive: true, force: true });
    },
  };
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
