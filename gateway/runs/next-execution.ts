/**
 * How a run goes on: the next message of a session, a retry, a reset. One mechanism: the old execution is ended and read
 * to its closing event, the next one begins with `seq` = last + 1 from a state, and fails on conflict.
 * A fork is the same under a new id, where the log begins at 1.
 */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { emptyState } from '../../protocol/fold.ts';
import {
  signals,
  type Cause,
  type ExecutionInput,
  type Principal,
  type ResetSignal,
} from '../../protocol/execution.ts';
import { translated } from '../history/history-service.ts';
import { endedStatuses, type RunState } from '../../protocol/schemas/state.ts';
import type { ResetCommand } from '../engine.ts';
import { beginExecution } from './begin-execution.ts';
import { copyBlobs } from './copy-blobs.ts';
import { parseInput } from './parse-input.ts';
import { hashOf, readMemo, type RunContext } from './run-context.ts';
import { readRun, standBefore, type RunReading } from './read-run.ts';
import { terminateExecution } from './terminate-execution.ts';
import { requireUnreservedId } from './reserved-id.ts';
import { untilEvent } from './until-event.ts';

export async function continueRun(
  context: RunContext,
  run: string,
  rawInput: unknown,
  { by, hold }: { by: Principal; hold: boolean },
): Promise<void> {
  const reading = await readEnded(context, run);
  const input = parseInput(context, reading.state.blueprint, rawInput);
  const continued = cause('run.continued', { by: by.name, ...(hold ? { hold } : {}) });
  await goOn(context, reading, { state: reading.state, cause: continued, input });
}

export async function retryRun(context: RunContext, run: string, by: Principal): Promise<void> {
  const reading = await readEnded(context, run);
  await goOn(context, reading, {
    state: atStart(reading),
    cause: cause('run.retried', { by: by.name }),
    input: reading.input,
  });
}

export async function resetRun(context: RunContext, run: string, command: ResetCommand, by: Principal): Promise<void> {
  const reading = await readRun(context, run);
  const before = await standBefore(context, reading, command.step);
  const { state, input } = edited(context, before, command.edits);
  const carry = { last: before.last };
  const reset = cause('run.reset', { toStep: command.step, edits: command.edits ?? null, by: by.name });
  if (reading.isOpen && !(await context.service.describe(run)).isStuck) {
    await resetOpen(context, reading, { cause: reset, state, input, carry });
    return;
  }
  if (reading.isOpen) await terminateExecution(context, reading, `reset to ${command.step}`, by);
  const ended = reading.isOpen ? await readEnded(context, run) : reading;
  await goOn(context, ended, { state, cause: reset, input, carry });
}

export async function forkRun(
  context: RunContext,
  run: string,
  command: Partial<ResetCommand> & { id?: string },
  by: Principal,
): Promise<string> {
  requireUnreservedId(command.id);
  const reading = await readRun(context, run);
  const before =
    command.step === undefined
      ? { state: atStart(reading), last: [], input: reading.input }
      : await standBefore(context, reading, command.step);
  const { state, input } = edited(context, before, command.edits);
  const id = command.id ?? randomUUID();
  const owner = by.authenticated ? by.name : null;
  const { blueprint } = reading.state;
  const from = { run, step: command.step ?? null, seq: before.state.lastSeq };
  const started = cause('run.started', {
    blueprint,
    owner,
    from,
    state: { ...state, input: null, id, lastSeq: 0 },
  });
  const execution: ExecutionInput = {
    seq: 1,
    state: { ...state, id, lastSeq: 0 },
    predecessor: null,
    input,
    cause: started,
    carry: { last: before.last },
  };
  await copyBlobs(context.blobs, run, id, [state.context, state.plan, input, before.last]);
  try {
    await beginExecution(context, {
      run: id,
      blueprint,
      execution,
      origin: { hash: hashOf({ fork: from, input }), owner, startedAt: started.at },
      isFirst: true,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new BatonError('run_exists', `run ${id} exists: choose another id for the fork`, { field: 'id' });
  }
  return id;
}

/** The workflow continues as new from the state that the gateway folded; no answer, cancel or step is applied twice. */
async function resetOpen(context: RunContext, reading: RunReading, signal: ResetSignal): Promise<void> {
  const { run } = reading;
  const id = signal.cause.data['request'];
  const handle = context.client.workflow.getHandle(run, reading.runId);
  await translated(run, () => handle.signal(signals.reset, signal)).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) throw moved(run);
    throw error;
  });
  const end = await untilEvent(context, run, reading.state.lastSeq, ({ type }) => type === 'run.reset' || isEnd(type));
  // Another reset or a cancel came first. Where no worker has taken it in time, it still will.
  if (end !== null && end.data['request'] !== id) throw moved(run);
}

function isEnd(type: string): boolean {
  return type.startsWith('run.') && endedStatuses.has(type.slice('run.'.length));
}

async function goOn(
  context: RunContext,
  reading: RunReading,
  next: { state: RunState; cause: Cause; input: unknown; carry?: Record<string, unknown> },
): Promise<void> {
  const { run, runId, memo, state } = reading;
  const { origin } = await readMemo(context, memo);
  const execution: ExecutionInput = { ...next, seq: state.lastSeq + 1, predecessor: runId };
  try {
    const begun = { run, blueprint: state.blueprint, execution, isFirst: false };
    const { owner, startedAt } = state;
    await beginExecution(context, { ...begun, origin: { hash: '', owner, startedAt, ...origin } });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw moved(run);
    throw error;
  }
}

async function readEnded(context: RunContext, run: string): Promise<RunReading> {
  const reading = await readRun(context, run);
  if (!reading.isOpen) return reading;
  throw new BatonError('run_not_ended', `run ${run} is ${reading.state.status}: it must have ended first`, {
    run,
    runStatus: reading.state.status,
  });
}

/** An input that does not fit would fail the policy, and leave the run stuck. */
function edited(
  context: RunContext,
  { state, input: given }: { state: RunState; input: unknown },
  edits: ResetCommand['edits'],
): { state: RunState; input: unknown } {
  const input = edits?.input === undefined ? given : parseInput(context, state.blueprint, edits.input, 'edits.input');
  return { state: { ...state, context: { ...state.context, ...edits?.context } }, input };
}

/** Before the first decision, with nothing learnt yet. */
function atStart({ run, state }: RunReading): RunState {
  const { blueprint, owner, input, startedAt, from } = state;
  return { ...emptyState(run), blueprint, owner, input, startedAt, from };
}

function cause<T extends Cause['type']>(type: T, data: Record<string, unknown>): Cause & { type: T } {
  return { type, at: new Date().toISOString(), data: { ...data, request: randomUUID() } };
}

function moved(run: string): BatonError {
  return new BatonError('run_moved', `run ${run} went on while this was prepared: look again`, { run });
}
