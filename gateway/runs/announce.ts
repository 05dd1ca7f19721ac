/**
 * Before an execution of a run begins, those who tell webhooks of it are told to expect it: whatever dies in between, a
 * run that is there is told of. One that then does not begin is waited for a while, and nothing comes of it.
 */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { workflowTaskTimeoutMs } from '../../protocol/limits.ts';
import {
  expectSignal,
  tellerId,
  tellerType,
  type ExpectSignal,
  type TellerInput,
  type TellingTo,
} from '../../protocol/telling.ts';
import { assertWebhookUrl } from '../../runtime/webhooks/webhook-address.ts';
import { isGone, translated } from '../history/history-service.ts';
import type { Origin, RunContext } from './run-context.ts';

type Announcing = Pick<RunContext, 'client' | 'config' | 'service'>;

/** `seq`: of the execution's first event. Errors: temporal_down. */
export async function announce(
  context: Announcing,
  { run, origin: { webhook }, seq }: { run: string; origin: Pick<Origin, 'webhook'>; seq: number },
): Promise<void> {
  const told: TellingTo[] = [];
  if (context.config.BATON_WEBHOOK_URL !== undefined) told.push({ to: 'operator' });
  if (webhook !== undefined) told.push({ to: 'run', url: webhook });
  await Promise.all(told.map((to) => (seq === 1 ? announceFirst(context, run, to) : expect(context, run, to, seq))));
}

/** The same start may come again when all is told: nothing is told twice for that. */
async function announceFirst(context: Announcing, run: string, to: TellingTo): Promise<void> {
  try {
    await translated(run, () =>
      context.client.workflow.start(tellerType, {
        ...tellerOptions(context, run, to, 1),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // A teller may have given a start up that comes only now.
    if (!(await isThere(context, run))) await expect(context, run, to, 1);
  }
}

/** What is before has been told by the teller before, which ends only then; one that is still at work knows its place. */
async function expect(context: Announcing, run: string, to: TellingTo, seq: number): Promise<void> {
  const signal: ExpectSignal = { expected: seq };
  await translated(run, () =>
    context.client.workflow.signalWithStart(tellerType, {
      ...tellerOptions(context, run, to, seq),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      signal: expectSignal,
      signalArgs: [signal],
    }),
  );
}

function tellerOptions({ config }: Announcing, run: string, to: TellingTo, seq: number) {
  const input: TellerInput = { ...to, run, after: seq - 1, expected: seq };
  return {
    workflowId: tellerId(run, to.to),
    taskQueue: config.BATON_TASK_QUEUE,
    args: [input],
    workflowTaskTimeout: workflowTaskTimeoutMs,
  };
}

async function isThere({ service }: Announcing, run: string): Promise<boolean> {
  try {
    await service.describe(run);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Errors: webhooks_unavailable, target_forbidden. */
export function requireWebhook({ config }: Pick<RunContext, 'config'>, url: string): void {
  if (config.BATON_WEBHOOK_SECRET === undefined)
    throw new BatonError('webhooks_unavailable', 'webhooks need BATON_WEBHOOK_SECRET, to be signed with', {
      field: 'webhook',
    });
  if (!config.BATON_WEBHOOK_ALLOW_PRIVATE) assertWebhookUrl(url);
}
