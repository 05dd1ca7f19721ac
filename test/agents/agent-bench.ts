/** Runs agents in a real worker against the real server, each through a workflow that does nothing else. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { z } from 'zod';
import {
  defineAgent,
  type Agent,
  type AgentContext,
  type AgentContract,
  type AgentResult,
} from '../../protocol/agent.ts';
import type { AgentTask } from '../../protocol/execution.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { inProcessBus, type LiveBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { folderBlobStore } from '../../stores/blobs/folder-blob-store.ts';
import type { BlobStore } from '../../stores/blobs/blob-store.ts';
import { startWorker, type RunningWorker } from '../../worker/start-worker.ts';
import { testConfig, unique } from '../harness/temporal-server.ts';
import type { OneAgentInput, OneAgentResult } from './one-agent-workflow.ts';

const workflowsPath = fileURLToPath(new URL('./one-agent-workflow.ts', import.meta.url));

export function testAgent(
  name: string,
  run: (ctx: AgentContext, input: unknown) => Promise<AgentResult<unknown>>,
  contract: Partial<AgentContract> = {},
): Agent {
  return defineAgent<unknown, unknown>({
    contract: { name, description: name, input: z.unknown(), output: z.unknown(), repeatable: true, ...contract },
    run,
  });
}

export type Handle = WorkflowHandleWithFirstExecutionRunId<(input: OneAgentInput) => Promise<OneAgentResult>>;

export class AgentBench {
  readonly config: Config;
  readonly bus: LiveBus = inProcessBus();
  readonly client: Client;
  readonly store: BlobStore;
  private readonly workers: RunningWorker[] = [];

  private constructor(config: Config) {
    this.config = config;
    this.client = connectTemporal(config, createDataConverter(config));
    this.store = folderBlobStore(join(config.dataDir, 'blobs'));
  }

  static async start(agents: readonly Agent[], settings: Readonly<Record<string, string>> = {}): Promise<AgentBench> {
    const bench = await AgentBench.withoutWorker(settings);
    await bench.addWorker(agents);
    return bench;
  }

  static async withoutWorker(settings: Readonly<Record<string, string>> = {}): Promise<AgentBench> {
    const dataDir = await mkdtemp(join(tmpdir(), 'baton-agents-'));
    return new AgentBench(testConfig({ BATON_DATA_DIR: dataDir, ...settings }));
  }

  async addWorker(agents: readonly Agent[]): Promise<RunningWorker> {
    const log = createLog('test', this.config.LOG_LEVEL);
    const worker = await startWorker(this.config, { bus: this.bus, log, agents, workflows: { entry: workflowsPath } });
    this.workers.push(worker);
    return worker;
  }

  async begin(
    agent: string,
    task: Partial<AgentTask> = {},
    options: { timeoutMs?: number; maximumAttempts?: number; taskQueue?: string } = {},
  ): Promise<Handle> {
    const run = unique(agent);
    const input: OneAgentInput = {
      task: {
        run,
        agent,
        step: `${agent}#1`,
        attemptBase: 0,
        instructions: null,
        input: null,
        context: {},
        returned: [],
        progress: 0,
        emitBudget: { signals: 8_000, bytes: 24 * 1024 * 1024 },
        owner: null,
        ...task,
      },
      timeoutMs: options.timeoutMs ?? 60_000,
      maximumAttempts: options.maximumAttempts ?? 3,
      ...(options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue }),
    };
    return await this.client.workflow.start<(input: OneAgentInput) => Promise<OneAgentResult>>('oneAgent', {
      workflowId: run,
      taskQueue: this.config.BATON_TASK_QUEUE,
      args: [input],
    });
  }

  async run(...args: Parameters<AgentBench['begin']>): Promise<OneAgentResult> {
    return await (await this.begin(...args)).result();
  }

  /** The events that the accepted emits are worth, stored batches read. */
  async events({ accepted }: OneAgentResult, run: string): Promise<EventDraft[]> {
    const batches = await Promise.all(
      accepted.map(async (signal) =>
        'events' in signal
          ? signal.events
          : (JSON.parse(Buffer.from(await this.store.get(run, signal.stored.ref)).toString()) as EventDraft[]),
      ),
    );
    return batches.flat();
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await this.client.connection.close();
    await rm(this.config.dataDir, { recursive: true, force: true });
  }
}
