import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
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

/**
 * Starts an execution of a run. It fails on conflict, so that of two who start one, one fails:
 * throws `WorkflowExecutionAlreadyStartedError`; also where `isFirst` and the id has ever been used.
 */
export async function beginExecution(
  { client, config, bus }: RunContext,
  {
    run,
    blueprint,
    execution,
    origin,
    isFirst,
  }: { run: string; blueprint: string; execution: ExecutionInput; origin: Origin; isFirst: boolean },
): Promise<void> {
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
  await translated(run, () =>
    client.workflow.start(blueprint, {
      workflowId: run,
      taskQueue: config.BATON_TASK_QUEUE,
      args: [config.MODEL_PROVIDER === undefined ? execution : { ...execution, model: true }],
      workflowTaskTimeout: workflowTaskTimeoutMs,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy: isFirst ? WorkflowIdReusePolicy.REJECT_DUPLICATE : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      memo: { [memoKeys.face]: face, [memoKeys.origin]: origin },
      typedSearchAttributes: [
        { key: keys.blueprint, value: blueprint },
        { key: keys.status, value: status },
        ...(origin.owner === null ? [] : [{ key: keys.owner, value: origin.owner }]),
      ],
    }),
  );
  bus.publishHint({ kind: isFirst ? 'begun' : 'went_on', run });
}
