/** A whole Baton of a test's own: engine and worker on a task queue of their own, on the shared Temporal server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../gateway/create-engine.ts';
import type { Engine } from '../../gateway/engine.ts';
import { createMetrics, type Metrics } from '../../gateway/metrics/metrics.ts';
import type { Agent } from '../../protocol/agent.ts';
import type { Principal } from '../../protocol/execution.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Config } from '../../runtime/config.ts';
import { inProcessBus, type LiveBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { agentHost } from '../../worker/agent-host.ts';
import { agentsFolder, discoverAgents } from '../../worker/discover-agents.ts';
import { startWorker, type RunningWorker } from '../../worker/start-worker.ts';
import { agent as scripted } from '../fixtures/plugins/agents/scripted/agent.ts';
import { testConfig } from './temporal-server.ts';
import { testAgents, testBlueprints } from './test-blueprints.ts';

/** Everybody, where authentication is off. */
export const anonymous: Principal = { name: 'anonymous', roles: ['client', 'human', 'ops'], authenticated: false };

export interface TestBaton {
  config: Config;
  engine: Engine;
  metrics: Metrics;
  bus: LiveBus;
  /** `folders`: where its blueprints are; default: the product's own and those of the fixtures. */
  startWorker(folders?: readonly string[]): Promise<RunningWorker>;
  /** Another gateway's engine on the same data. */
  startEngine(): Promise<Engine>;
  stop(): Promise<void>;
}

export async function startBaton({
  settings = {},
  worker = true,
  plugins = {},
  wrap = (agent) => agent,
}: {
  settings?: Record<string, string>;
  worker?: boolean;
  /** Beside the product's own and those of the fixtures. */
  plugins?: { agents?: readonly Agent[]; workflows?: readonly string[] };
  /** What workers run in the place of each agent of the product. */
  wrap?: (agent: Agent) => Agent;
} = {}): Promise<TestBaton> {
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-'));
  const config = testConfig({ BATON_DATA_DIR: dataDir, ...settings });
  const log = createLog('test', config.LOG_LEVEL);
  const bus = inProcessBus();
  const metrics = createMetrics();
  const workers: RunningWorker[] = [];
  const engines: Engine[] = [];
  const allFolders = [...testBlueprints, ...(plugins.workflows ?? [])];
  const start = async (folders: readonly string[] = allFolders) => {
    const host = agentHost(config, { bus, log, folders: allFolders, agentFolders: testAgents });
    const own = (await discoverAgents(config, agentsFolder, host)).map(wrap);
    const agents = [...own, scripted, ...(plugins.agents ?? [])];
    const running = await startWorker(config, { bus, log, agents, workflows: { folders } });
    workers.push(running);
    return running;
  };
  const open = async () => {
    const engine = await createEngine(config, { bus, log, metrics, folders: allFolders, agentFolders: testAgents });
    engines.push(engine);
    return engine;
  };
  const engine = await open();
  if (worker) await start();
  return {
    config,
    engine,
    metrics,
    bus,
    startWorker: start,
    startEngine: open,
    stop: async () => {
      await Promise.all(workers.map((running) => running.stop()));
      await Promise.all(engines.map((running) => running.close()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Reads a run's log until an event fits; the whole log up to it. */
export async function readUntil(
  engine: Engine,
  run: string,
  fits: (event: RunEvent) => boolean,
  { after = 0, timeoutMs = 30_000 }: { after?: number; timeoutMs?: number } = {},
): Promise<RunEvent[]> {
  using feed = await engine.feeds.open(run);
  const events: RunEvent[] = [];
  const deadline = AbortSignal.timeout(timeoutMs);
  for (let cursor = after; ;) {
    const more = new Promise<void>((resolve) => {
      const listening = feed.listen({ more: () => done(), live: () => undefined, gap: () => done() });
      const done = () => (listening[Symbol.dispose](), resolve());
      deadline.addEventListener('abort', done);
    });
    for (let page = await feed.read(cursor, 500); page.entries.length > 0; page = await feed.read(cursor, 500)) {
      for (const { event } of page.entries) {
        events.push(event);
        cursor = event.seq;
        if (fits(event)) return events;
      }
    }
    if (deadline.aborted) {
      throw new Error(
        `run ${run} has no such event in ${timeoutMs} ms; it has: ${events.map(({ type }) => type).join(', ')}`,
      );
    }
    await more;
  }
}

const endings = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.terminated', 'run.timed_out']);

export function readToEnd(
  engine: Engine,
  run: string,
  options?: { after?: number; timeoutMs?: number },
): Promise<RunEvent[]> {
  return readUntil(engine, run, ({ type }) => endings.has(type), options);
}
