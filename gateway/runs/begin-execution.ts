import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { memoKeys, type ExecutionInput, type RunFace } from '../../protocol/execution.ts';
import { workflowTaskTimeoutMs } from '../../protocol/limits.ts';
import { translated } from '../history/history-service.ts';
import { announce } from './announce.ts';
import type { Origin, RunContext } from './run-context.ts';
import { attributesAtStart, type Superseded } from './visible-attributes.ts';
import { endOf, keywordOf, millis, startOf } from './visibility.ts';

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
  context: RunContext,
  { isFirst, ...begun }: Begun & { isFirst: boolean },
): Promise<void> {
  const { client, bus, metrics, ledger } = context;
  const { run, blueprint, execution } = begun;
  const superseded = await supersededBy(context, run, execution);
  await announce(context, { run, origin: begun.origin, seq: execution.seq });
  await translated(run, () =>
    client.workflow.start(blueprint, {
      ...startOptions(context, begun, superseded),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy: isFirst ? WorkflowIdReusePolicy.REJECT_DUPLICATE : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    }),
  );
  if (isFirst) {
    ledger.note(run);
    metrics.runsStarted.inc({ blueprint });
  }
  bus.publishHint({ kind: isFirst ? 'begun' : 'went_on', run });
}

/**
 * Signals the run's open execution; where the id has never been used, its first one begins with the signal. False where
 * the run has ended.
 */
export async function signalWithStart(
  context: RunContext,
  begun: Begun,
  { name, payload }: { name: string; payload: unknown },
): Promise<boolean> {
  const { client, bus } = context;
  const { run, blueprint } = begun;
  try {
    await translated(run, () =>
      client.workflow.signalWithStart(blueprint, {
        ...startOptions(context, begun, null),
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

/** How the execution ended that this one follows; null for the first of a run. */
async function supersededBy(
  { service }: RunContext,
  run: string,
  { predecessor }: ExecutionInput,
): Promise<Superseded | null> {
  if (predecessor === null) return null;
  const { info } = await service.describe(run, predecessor);
  const status = endOf(info);
  if (status === undefined) return null;
  return {
    status,
    failure: status === 'failed' ? keywordOf(info, 'BatonFailure') : null,
    startedAt: new Date(startOf(info)),
    endedAt: new Date(millis(info.closeTime)),
  };
}

function startOptions(
  context: RunContext,
  { run, blueprint, execution, origin }: Begun,
  superseded: Superseded | null,
) {
  const { config } = context;
  const status: 'pending' | 'running' = execution.cause?.data['hold'] === true ? 'pending' : 'running';
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
    typedSearchAttributes: attributesAtStart(context, {
      blueprint,
      status,
      owner: origin.owner,
      execution,
      superseded,
    }),
  };
}
