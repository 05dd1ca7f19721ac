/** A fork: what a reset does, under a new id, where the log begins at 1. The original stays as it is. */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import type { Cause, ExecutionInput, Principal } from '../../protocol/execution.ts';
import type { CommandOptions } from '../../protocol/schemas/commands.ts';
import type { ForkCommand } from '../engine.ts';
import { isGone } from '../history/history-service.ts';
import { requireUnmoved } from './acts.ts';
import { beginExecution } from './begin-execution.ts';
import { copyBlobs } from './copy-blobs.ts';
import { editedState } from './edit-state.ts';
import { isArchived } from './is-archived.ts';
import { idOfRequest } from './once.ts';
import { readRun } from './read-run.ts';
import { requireUnreservedId } from './reserved-id.ts';
import { hashOf, readMemo, type RunContext } from './run-context.ts';
import { startedBy } from './start-run.ts';
import { standAtStart, standBefore } from './standing-point.ts';

/** The id of the new run. The same request again is the same fork. */
export async function forkRun(
  context: RunContext,
  run: string,
  { step, edits, ...command }: ForkCommand,
  { by, requestId, ifSeq }: CommandOptions & { by: Principal },
): Promise<string> {
  requireUnreservedId(command.id);
  const id = command.id ?? (requestId === undefined ? randomUUID() : idOfRequest(by, requestId));
  const owner = by.authenticated ? by.name : null;
  const hash = hashOf({ fork: run, step, edits });
  if (requestId !== undefined && (await isSameFork(context, id, { hash, owner }))) return id;
  if (command.id !== undefined && (await isArchived(context, id))) throw forkExists(id);
  const reading = await readRun(context, run);
  await requireUnmoved(context, reading, ifSeq);
  const point = await (step === undefined ? standAtStart(context, reading) : standBefore(context, reading, step));
  const { state, input, carry } = await editedState(context, reading, point, { edits, by: by.name });
  const { blueprint } = reading.state;
  const from = { run, step: step ?? null, seq: point.state.lastSeq };
  const past = { ...state, id, lastSeq: 0 };
  const started: Cause = {
    type: 'run.started',
    at: new Date().toISOString(),
    data: {
      blueprint,
      owner,
      from,
      ...(edits === undefined ? {} : { edits }),
      ...startedBy(by),
      state: { ...past, input: null },
    },
  };
  const execution: ExecutionInput = {
    seq: 1,
    state: past,
    predecessor: null,
    input,
    cause: started,
    carry: { ...carry },
  };
  await copyBlobs(context.blobs, run, id, [state.context, state.plan, input, carry]);
  try {
    const origin = { hash, owner, startedAt: started.at };
    await beginExecution(context, { run: id, blueprint, execution, origin, isFirst: true });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    if (requestId !== undefined && (await isSameFork(context, id, { hash, owner }))) return id;
    throw forkExists(id);
  }
  return id;
}

function forkExists(id: string): BatonError {
  return new BatonError('run_exists', `run ${id} exists: choose another id for the fork`, { field: 'id' });
}

/** False where there is no such run yet. Errors: idempotency_conflict. */
async function isSameFork(
  context: RunContext,
  id: string,
  { hash, owner }: { hash: string; owner: string | null },
): Promise<boolean> {
  try {
    const { origin } = await readMemo(context, (await context.service.describe(id)).memo);
    if (origin?.hash === hash && origin.owner === owner) return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
  throw new BatonError('idempotency_conflict', `the Idempotency-Key made run ${id} by another request`, { run: id });
}
