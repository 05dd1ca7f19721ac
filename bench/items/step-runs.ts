/**
 * Runs that do nothing but steps, each kind writing something else with every step. Times are the server's: from the
 * start of an execution to its close, in its history; CPU time is that of the server and of the worker together.
 */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { memoKeys, type ExecutionInput, type RunFace } from '../../protocol/execution.ts';
import { workflowTaskTimeoutMs } from '../../protocol/limits.ts';
import { processorTimeMs } from '../processor-time.ts';
import type { Stage } from '../stage.ts';
import type { Upsert } from '../workflows/bare-steps.ts';

/** A plain workflow that writes so; a run of Baton's that nobody reads; one that is tailed by the gateway. */
export type Kind = Upsert | 'baton' | 'baton-tailed';

export interface Size {
  atOnce: number;
  /** Of each run. */
  steps: number;
  rounds: number;
}

/** One value for each round, in the order of the rounds. */
export interface StepTimes {
  wallMs: number[];
  /** NaN where the system does not tell it. */
  cpuMs: number[];
}

/** The kinds take turns, each round begins with another; a first round, which warms caches and code, is left out. */
export async function stepTimes<K extends Kind>(
  stage: Stage,
  kinds: readonly K[],
  { atOnce, steps, rounds }: Size,
): Promise<Record<K, StepTimes>> {
  const pids = [stage.temporalPid, (await stage.bare()).pid, (await stage.engine()).part.pid];
  const times = Object.fromEntries(kinds.map((kind) => [kind, { wallMs: [], cpuMs: [] }])) as unknown as Record<
    K,
    StepTimes
  >;
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < kinds.length; turn++) {
      const kind = kinds[(turn + round + 1) % kinds.length] as K;
      const cpuBefore = await processorTimeMs(pids);
      const wallMs = await runAll(stage, kind, atOnce, steps);
      const cpuMs = (await processorTimeMs(pids)) - cpuBefore;
      if (round < 0) continue;
      times[kind].wallMs.push(wallMs / (steps * atOnce));
      times[kind].cpuMs.push(cpuMs / (steps * atOnce));
    }
  }
  return times;
}

/** From the first start to the last close. */
async function runAll(stage: Stage, kind: Kind, atOnce: number, steps: number): Promise<number> {
  const handles = await Promise.all(Array.from({ length: atOnce }, () => start(stage, kind, steps)));
  await Promise.all(handles.map((handle) => handle.result()));
  const spans = await Promise.all(handles.map((handle) => spanOf(handle)));
  return Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from));
}

async function start(stage: Stage, kind: Kind, steps: number): Promise<WorkflowHandle> {
  const { client } = stage;
  const workflowId = `${kind}-${randomUUID()}`;
  if (kind === 'baton') return startUnread(stage, workflowId, steps);
  if (kind !== 'baton-tailed')
    return client.workflow.start('bareSteps', { workflowId, taskQueue: 'bare', args: [{ steps, upsert: kind }] });
  await stage.startRun('bench-steps', { steps }, { id: workflowId });
  return client.workflow.getHandle(workflowId);
}

/** As the gateway starts it, without the feed that it opens. */
function startUnread({ client }: Stage, workflowId: string, steps: number): Promise<WorkflowHandle> {
  const blueprint = 'bench-steps';
  const face: RunFace = {
    blueprint,
    status: 'running',
    owner: null,
    current: [],
    progress: 0,
    openQuestions: [],
    lastSeq: 1,
  };
  const execution: ExecutionInput = {
    seq: 1,
    state: null,
    predecessor: null,
    input: { steps },
    cause: { type: 'run.started', at: new Date().toISOString(), data: { blueprint, owner: null } },
  };
  return client.workflow.start(blueprint, {
    workflowId,
    taskQueue: 'baton',
    args: [execution],
    workflowTaskTimeout: workflowTaskTimeoutMs,
    memo: { [memoKeys.face]: face },
  });
}

async function spanOf(handle: WorkflowHandle): Promise<{ from: number; to: number }> {
  const { raw } = await handle.describe();
  const { startTime, closeTime } = raw.workflowExecutionInfo ?? {};
  const ms = (time: typeof startTime) => Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
  return { from: ms(startTime), to: ms(closeTime) };
}
