/** Runs one agent's activity as the supervisor does, and keeps the events that its emits are worth. */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  scheduleActivity,
  setHandler,
} from '@temporalio/workflow';
import type { AgentOutcome, AgentTask, EmitSignal } from '../../protocol/execution.ts';
import { countBatch, countEmit, logPosition } from '../../protocol/log-position.ts';

export interface OneAgentInput {
  task: AgentTask;
  timeoutMs: number;
  maximumAttempts: number;
  taskQueue?: string;
}

export interface OneAgentResult {
  outcome: AgentOutcome | null;
  failure: { code: string; message: string; details: unknown[] } | null;
  isCancelled: boolean;
  accepted: EmitSignal[];
  refused: number;
}

export async function oneAgent({
  task,
  timeoutMs,
  maximumAttempts,
  taskQueue,
}: OneAgentInput): Promise<OneAgentResult> {
  const position = logPosition(1);
  const at = new Date().toISOString();
  countBatch(position, [{ at, type: 'agent.started', step: task.step, data: {} }]);
  const result: OneAgentResult = { outcome: null, failure: null, isCancelled: false, accepted: [], refused: 0 };
  let isReleased = false;
  setHandler(defineSignal<[unknown]>('emit'), (payload) => {
    const accepted = countEmit(position, payload);
    if (accepted) result.accepted.push(accepted);
    else result.refused += 1;
  });
  setHandler(defineSignal('release'), () => {
    isReleased = true;
  });
  setHandler(defineQuery<OneAgentResult>('so far'), () => result);
  const scope = new CancellationScope();
  setHandler(defineSignal('stop the agent'), () => scope.cancel());
  try {
    result.outcome = await scope.run(() =>
      scheduleActivity<AgentOutcome>(task.agent, [task], {
        ...(taskQueue === undefined ? {} : { taskQueue }),
        startToCloseTimeout: timeoutMs,
        heartbeatTimeout: 3_000,
        cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        retry: { maximumAttempts, initialInterval: 20, backoffCoefficient: 1 },
      }),
    );
  } catch (error) {
    result.isCancelled = isCancellation(error);
    const cause = error instanceof ActivityFailure ? error.cause : error;
    if (cause instanceof ApplicationFailure)
      result.failure = { code: String(cause.type), message: cause.message, details: cause.details ?? [] };
    else if (!result.isCancelled) result.failure = { code: (cause as Error).name, message: String(cause), details: [] };
  }
  if (task.context['hold'] === true) await condition(() => isReleased);
  return result;
}
