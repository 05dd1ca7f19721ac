/** One build of the planted blueprint `deployed` after another works on a queue, as a deploy changes code under runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentContext } from '../../protocol/agent.ts';
import type { Timeline } from '../../protocol/schemas/timeline.ts';
import { createLog } from '../../runtime/log.ts';
import { agentHost } from '../../worker/agent-host.ts';
import { agentsFolder, discoverAgents } from '../../worker/discover-agents.ts';
import { startWorker, type RunningWorker } from '../../worker/start-worker.ts';
import { workflowsFolder, type WorkflowSource } from '../../worker/workflow-bundle.ts';
import { plantedAgents, plantedFolder, plantedSource } from '../histories/planted-source.ts';
import { Api, startTestGateway, type TestGateway } from './gateway.ts';
import { until } from './until.ts';

/** `careless`: its second decision is another than that of `before`. Workers of it say that they are `b-careless`. */
export type PlantedBuild = 'before' | 'careless';

export interface PlantedBuilds {
  readonly gateway: TestGateway;
  /** olga, of ops. */
  readonly ops: Api;
  /** The only worker from now on is one of this build. */
  deploy(build: PlantedBuild): Promise<void>;
  /** No worker is up until something is deployed. */
  retire(): Promise<void>;
  /** A run in its second step, `second#1`, which is paused. */
  pausedRun(): Promise<string>;
  stop(): Promise<void>;
}

export const olgasToken = 'olga-token';

/** `before` is deployed when it resolves. */
export async function startPlantedBuilds(): Promise<PlantedBuilds> {
  const log = createLog('test', 'silent');
  const folder = await mkdtemp(join(tmpdir(), 'baton-builds-'));
  const sources: Readonly<Record<PlantedBuild, WorkflowSource>> = {
    before: await plantedSource(log, folder, { build: 'before' }, [workflowsFolder]),
    careless: await plantedSource(log, folder, { build: 'careless' }, [workflowsFolder]),
  };
  const gateway = await startTestGateway({
    worker: false,
    settings: { AUTH_TOKEN: `olga:ops:${olgasToken}`, LOG_LEVEL: 'silent' },
    plugins: { workflows: [plantedFolder] },
  });
  const ops = new Api(gateway.url, olgasToken);
  let worker: RunningWorker | null = null;
  const retire = async () => {
    await worker?.stop();
    worker = null;
  };
  const deploy = async (build: PlantedBuild) => {
    await retire();
    const { config, bus } = gateway.baton;
    const host = agentHost(config, { bus, log, folders: [workflowsFolder, plantedFolder] });
    const agents = [...(await discoverAgents(config, agentsFolder, host)), ...plantedAgents(holdSecond)];
    const workflows = sources[build];
    worker = await startWorker({ ...config, BATON_BUILD_ID: `b-${build}` }, { bus, log, agents, workflows });
  };
  await deploy('before');
  return {
    gateway,
    ops,
    deploy,
    retire,
    pausedRun: () => pausedRun(ops),
    stop: async () => {
      await retire();
      await gateway.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Each step waits until its attempt is told to stop, but the first steps, and those of runs that may end. */
async function holdSecond(ctx: AgentContext, input: unknown): Promise<void> {
  if (!ctx.step.startsWith('second') || (input as { hold: string }).hold === 'no') return;
  await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error)));
}

async function pausedRun(ops: Api): Promise<string> {
  const { body } = await ops.post('/v1/runs', { blueprint: 'deployed', input: { hold: 'second' } });
  const run = String(body['id']);
  await ops.eventsUntil(run, ({ type, step }) => type === 'agent.started' && step === 'second#1');
  const { status } = await ops.post(`/v1/runs/${run}/pause`, { step: 'second#1' });
  if (status !== 200) throw new Error(`the second step was not paused: HTTP ${status}`);
  await until('the attempt to end', async () => {
    const { now } = (await ops.get(`/v1/runs/${run}/timeline`)).body as unknown as Timeline;
    return now.pending.some(({ state }) => state === 'paused');
  });
  return run;
}
