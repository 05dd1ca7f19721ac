import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { memoKeys, type ExecutionInput, type RunFace } from '../../protocol/execution.ts';
import { workflowTaskTimeoutMs } from '../../protocol/limits.ts';
import { translated } from '../history/history-service.ts';
import type { Origin, RunContext } from './run-context.ts';

const keys = {
  blueprint: defineSearchAttributeKey('BatonBlueprint', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('BatonStatus', SearchAttributeType.KEYWORD),
  owner: defineSearchAttributeKey('BatonOwner', SearchAttributeType.KEYWORD),
};

interface Begun {
  run: string;
  blueprint: string;
  execution: ExecutionInput;
  origin: Origin;
}

/**
 * Starts an execution of a run. It fails on conflict, so that of two who start one, one fails:
 * throws `WorkflowExecutionAlreadyStartedError`; also where `isFirst` and the id has ever been used.
 */
export async function beginExecution(
  { client, config, bus, metrics }: RunContext,
  { isFirst, ...begun }: Begun & { isFirst: boolean },
): Promise<void> {
  const { run, blueprint } = begun;
  await translated(run, () =>
    client.workflow.start(blueprint, {
      ...startOptions(config, begun),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy: isFirst ? WorkflowIdReusePolicy.REJECT_DUPLICATE : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    }),
  );
  if (isFirst) metrics.runsStarted.inc({ blueprint });
  bus.publishHint({ kind: isFirst ? 'begun' : 'went_on', run });
}

/**
 * Signals the run's open execution; where the id has never been used, its first one begins with the signal. False where
 * the run has ended.
 */
export async function signalWithStart(
  { client, config, bus }: RunContext,
  begun: Begun,
  { name, payload }: { name: string; payload: unknown },
): Promise<boolean> {
  const { run, blueprint } = begun;
  try {
    await translated(run, () =>
      client.workflow.signalWithStart(blueprint, {
        ...startOptions(config, begun),
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        signal: name,
        signalArgs: [payload],
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
  bus.publishHint({ kind: 'begun', run });
  return true;
}

function startOptions(config: RunContext['config'], { run, blueprint, execution, origin }: Begun) {
  const status = execution.cause?.data['hold'] === true ? 'pending' : 'running';
  const face: RunFace = {
    blueprint,
    status,
    owner: origin.owner,
    current: [],
    progress: execution.state?.progress ?? 0,
    openQuestions: [],
    lastSeq: execution.seq,
  };
  return {
    workflowId: run,
    taskQueue: config.BATON_TASK_QUEUE,
    args: [config.MODEL_PROVIDER === undefined ? execution : { ...execution, model: true }],
    workflowTaskTimeout: workflowTaskTimeoutMs,
    memo: { [memoKeys.face]: face, [memoKeys.origin]: origin },
    typedSearchAttributes: [
      { key: keys.blueprint, value: blueprint },
      { key: keys.status, value: status },
      ...(origin.owner === null ? [] : [{ key: keys.owner, value: origin.owner }]),
    ],
  };
}
