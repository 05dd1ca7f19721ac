/** Starting a run: the same request again is the same run. */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { actorOf, type Actor, type ExecutionInput, type Principal } from '../../protocol/execution.ts';
import type { StartCommand } from '../../protocol/schemas/commands.ts';
import type { StartOptions } from '../engine.ts';
import { requireWebhook } from './announce.ts';
import { beginExecution } from './begin-execution.ts';
import { isArchived } from './is-archived.ts';
import { hashOf, readMemo, type RunContext } from './run-context.ts';
import { parseInput } from './parse-input.ts';
import { requireUnreservedId } from './reserved-id.ts';

export async function startRun(
  context: RunContext,
  command: StartCommand,
  by: Principal,
  { idempotencyKey, dialect }: StartOptions = {},
): Promise<{ run: string; created: boolean }> {
  const { blueprint, hold = false, webhook } = command;
  requireUnreservedId(command.id, dialect);
  const input = parseInput(context, blueprint, command.input);
  const owner = by.authenticated ? by.name : null;
  const run =
    command.id ?? (idempotencyKey === undefined ? randomUUID() : `key-${hashOf([owner, idempotencyKey]).slice(0, 40)}`);
  if (webhook !== undefined) requireWebhook(context, webhook.url);
  const hash = hashOf({ blueprint, input: command.input, hold, ...(webhook === undefined ? {} : { webhook }) });
  const startedAt = new Date().toISOString();
  const execution: ExecutionInput = {
    seq: 1,
    state: null,
    predecessor: null,
    input,
    cause: {
      type: 'run.started',
      at: startedAt,
      data: { blueprint, owner, ...startedBy(by), ...(hold ? { hold } : {}) },
    },
  };
  const isKey = command.id === undefined;
  if ((!isKey || idempotencyKey !== undefined) && (await isArchived(context, run))) {
    await compareOrigin(context, run, { hash, owner, isKey });
    return { run, created: false };
  }
  try {
    const origin = { hash, owner, startedAt, ...(webhook === undefined ? {} : { webhook: webhook.url }) };
    await beginExecution(context, { run, blueprint, execution, origin, isFirst: true });
    return { run, created: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await compareOrigin(context, run, { hash, owner, isKey });
    return { run, created: false };
  }
}

/** `from` is taken: by what a fork comes from. */
export function startedBy(by: Principal): { startedBy?: Actor } {
  return by.via === undefined ? {} : { startedBy: actorOf(by) };
}

/** Nothing if the run that is there was started by the same request of the same principal. */
async function compareOrigin(
  context: RunContext,
  run: string,
  { hash, owner, isKey }: { hash: string; owner: string | null; isKey: boolean },
): Promise<void> {
  const { origin } = await readMemo(context, (await context.service.describe(run)).memo);
  if (origin?.hash === hash && origin.owner === owner) return;
  if (origin?.owner !== owner)
    throw new BatonError('id_taken', `the id ${run} is taken: choose another`, { field: 'id' });
  if (isKey)
    throw new BatonError('idempotency_conflict', `the Idempotency-Key began run ${run} with another request`, { run });
  throw new BatonError('run_exists', `run ${run} exists and was started with another request: choose another id`, {
    field: 'id',
    run,
  });
}
