/**
 * The composition root of a worker process: the supervisor's workflows, and every agent as an activity.
 * One Temporal worker for each task queue; agents without a queue of their own are on the supervisor's.
 */
import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { archivePassActivity } from '../activities/archive-pass.ts';
import { agentActivity } from '../activities/agent-activity.ts';
import type { AgentServices } from '../activities/agent-services.ts';
import { decideActivity } from '../activities/decide.ts';
import { requestCancelActivity } from '../activities/request-cancel.ts';
import { verifyNewestActivity } from '../activities/verify-newest.ts';
import { readMcpServers } from '../agents/mcp/mcp-servers.ts';
import type { Agent } from '../protocol/agent.ts';
import { openAgentLogWriter } from '../runtime/agent-logs.ts';
import { openBlobs } from '../runtime/archive.ts';
import type { Config } from '../runtime/config.ts';
import { createDataConverter } from '../runtime/data-converter.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import { openModel } from '../runtime/model/open-model.ts';
import { connectTemporal, temporalTarget } from '../runtime/temporal-connection.ts';
import { openArchiving, startArchiver } from './archiving.ts';
import { buildIdOf } from './build-id.ts';
import { agentHost } from './agent-host.ts';
import { connectWorker, untilItWorks } from './connect-worker.ts';
import { agentsFolder, discoverAgents } from './discover-agents.ts';
import { installSdkRuntime } from './sdk-runtime.ts';
import { openTelling } from './telling.ts';
import { promoteFirstBuild } from './promote-build.ts';
import { verifyingNewest } from './verify/verifying.ts';
import { deploymentOptions, shutdownTimes, tellingLimits, workerLimits } from './worker-options.ts';
import { workflowBundle, type WorkflowSource } from './workflow-bundle.ts';

export interface RunningWorker {
  /** Running agents are told, their attempts go back to Temporal; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface WorkerParts {
  bus: LiveBus;
  log: Log;
  /** Default: what the folder `agents/` holds. */
  agents?: readonly Agent[];
  /** Default: the folders of `workflows/`. */
  workflows?: WorkflowSource;
}

/**
 * Resolves when the worker takes tasks; until Temporal answers it keeps trying. Rejects where the agents or the
 * workflow code cannot be loaded.
 */
export async function startWorker(config: Config, parts: WorkerParts): Promise<RunningWorker> {
  const { bus, log } = parts;
  installSdkRuntime(log);
  const agents = parts.agents ?? (await discoverAgents(config, agentsFolder, agentHost(config, { bus, log })));
  const dataConverter = createDataConverter(config);
  const { failureConverterPath } = dataConverter;
  const bundle = await workflowBundle(
    log,
    parts.workflows,
    failureConverterPath === undefined ? {} : { failureConverterPath },
  );
  const buildId = buildIdOf(config, bundle.code);
  const stopping = new AbortController();
  const client = connectTemporal(config, dataConverter);
  const connection = await connectWorker(config, log, stopping.signal);
  const lines = openAgentLogWriter(config, log);
  const services = { store: openBlobs(config), bus, log, lines, client };

  const contracts = agents.map(({ contract }) => contract);
  const guests = readMcpServers(config.MCP_SERVERS).map(({ name }) => name);
  const archiving = openArchiving(config, log);
  const verifying = verifyingNewest({
    config,
    log,
    ...(parts.workflows === undefined ? {} : { workflows: parts.workflows }),
  });
  const kernel = {
    requestCancel: requestCancelActivity(client),
    archivePass: archivePassActivity(archiving),
    verifyNewest: verifyNewestActivity(verifying),
    decide: decideActivity({ model: openModel(config, { log }), contracts, guests, log }),
  };
  const queues = activitiesByQueue(agents, services, { queue: config.BATON_TASK_QUEUE, activities: kernel });
  const telling = openTelling(config, { bus, log });
  if (telling) queues.set(telling.taskQueue, { tell: telling.tell });
  const running = await Promise.all(
    [...queues].map(([taskQueue, activities]) =>
      keepRunning(
        {
          taskQueue,
          activities,
          ...(taskQueue === config.BATON_TASK_QUEUE ? { workflowBundle: bundle } : {}),
          ...(taskQueue === telling?.taskQueue ? tellingLimits : {}),
        },
        { config, connection, dataConverter, buildId, log, signal: stopping.signal },
      ),
    ),
  );
  if (config.BATON_VERSIONING === 'on') {
    await untilItWorks(
      () => promoteFirstBuild(client, buildId, log),
      (error, waitMs) => log.warn({ err: error, waitMs, buildId }, 'no build was promoted yet, trying again'),
      stopping.signal,
    );
  }
  if (archiving) {
    await untilItWorks(
      () => startArchiver(client, config),
      (error, waitMs) => log.warn({ err: error, waitMs }, 'the archiver was not started yet, trying again'),
      stopping.signal,
    );
  }
  log.info(
    { buildId, queues: [...queues.keys()], agents: agents.map(({ contract }) => contract.name) },
    'worker takes tasks',
  );
  const stop = async () => {
    stopping.abort();
    await Promise.all(running.map(({ ended }) => ended));
    await Promise.all(agents.map(async (agent) => await agent.close?.()));
    await archiving?.close();
    await verifying.close();
    await telling?.close();
    lines?.close();
    await connection.close();
    await client.connection.close();
  };
  let stopped: Promise<void> | null = null;
  return { stop: () => (stopped ??= stop()) };
}

type Activities = Record<string, (...args: never[]) => Promise<unknown>>;

function activitiesByQueue(
  agents: readonly Agent[],
  services: AgentServices,
  supervisor: { queue: string; activities: Activities },
): Map<string, Activities> {
  const queues = new Map([[supervisor.queue, supervisor.activities]]);
  for (const agent of agents) {
    const queue = agent.contract.taskQueue ?? supervisor.queue;
    const activities = queues.get(queue) ?? {};
    activities[agent.contract.name] = agentActivity(agent, services);
    queues.set(queue, activities);
  }
  return queues;
}

interface WorkerSurroundings {
  config: Config;
  connection: NativeConnection;
  dataConverter: DataConverter;
  buildId: string;
  log: Log;
  signal: AbortSignal;
}

/** Resolves when the first worker takes tasks; one that fails is replaced until the signal fires. */
async function keepRunning(
  options: Partial<WorkerOptions> & { taskQueue: string },
  { config, connection, dataConverter, buildId, log, signal }: WorkerSurroundings,
): Promise<{ ended: Promise<void> }> {
  const create = () =>
    untilItWorks(
      () =>
        Worker.create({
          ...workerLimits,
          ...shutdownTimes(config),
          workerDeploymentOptions: deploymentOptions(config, buildId),
          ...options,
          connection,
          namespace: temporalTarget(config).namespace,
          dataConverter,
        }),
      (error, waitMs) => log.warn({ err: error, waitMs, taskQueue: options.taskQueue }, 'no worker yet, trying again'),
      signal,
    );
  const first = await create();
  return { ended: replaceUntilStopped(first, create, { log: log.child({ taskQueue: options.taskQueue }), signal }) };
}

async function replaceUntilStopped(
  first: Worker,
  create: () => Promise<Worker>,
  { log, signal }: Pick<WorkerSurroundings, 'log' | 'signal'>,
): Promise<void> {
  for (let worker: Worker | null = first; worker;) {
    const fault = await runUntilStopped(worker, signal);
    if (fault) log.error({ err: fault }, signal.aborted ? 'a worker did not stop in time' : 'a worker failed');
    worker = signal.aborted ? null : await create().catch(() => null);
  }
}

/** Runs the worker to its end. Resolves with what it failed with, if it did. */
async function runUntilStopped(worker: Worker, signal: AbortSignal): Promise<unknown> {
  const stop = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const running = worker.run();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await running;
    return undefined;
  } catch (error) {
    return error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
