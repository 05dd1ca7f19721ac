/**
 * How a run goes on: the next message of a session, a retry, a reset. One mechanism: the old execution is ended and read
 * to its closing event, the next one begins with `seq` = last + 1 from a state, and fails on conflict.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { actorOf, type Cause, type ExecutionInput, type Principal } from '../../protocol/execution.ts';
import type { CommandOptions } from '../../protocol/schemas/commands.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { refusal, requireUnmoved, runMoved } from './acts.ts';
import { beginExecution } from './begin-execution.ts';
import { once } from './once.ts';
import { parseInput } from './parse-input.ts';
import { readRun, type RunReading } from './read-run.ts';
import { readMemo, type RunContext } from './run-context.ts';
import { standAtStart } from './standing-point.ts';

export async function continueRun(
  context: RunContext,
  run: string,
  rawInput: unknown,
  { by, hold = false, requestId, ifSeq }: CommandOptions & { by: Principal; hold?: boolean },
): Promise<void> {
  const command = { message: rawInput, hold };
  await once(context, run, { command, by, requestId }, async (request) => {
    const reading = await readEnded(context, run);
    await requireUnmoved(context, reading, ifSeq);
    const input = parseInput(context, reading.state.blueprint, rawInput);
    const continued = causeOf('run.continued', by, request, hold ? { hold } : {});
    await goOn(context, reading, { state: reading.state, cause: continued, input });
  });
}

export async function retryRun(
  context: RunContext,
  run: string,
  { by, requestId, ifSeq }: CommandOptions & { by: Principal },
): Promise<void> {
  await once(context, run, { command: 'retry', by, requestId }, async (request) => {
    const reading = await readEnded(context, run);
    await requireUnmoved(context, reading, ifSeq);
    const { state, input, last } = await standAtStart(context, reading);
    parseInput(context, state.blueprint, input);
    const retried = causeOf('run.retried', by, request, {});
    await goOn(context, reading, { state, cause: retried, input, carry: { last } });
  });
}

/** Errors: run_moved. */
export async function goOn(
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
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw await runMoved(context, run, state.lastSeq);
    throw error;
  }
}

/** Errors: run_not_found; run_not_ended, with who made it go on, where somebody did. */
export async function readEnded(context: RunContext, run: string): Promise<RunReading> {
  const reading = await readRun(context, run);
  if (!reading.isOpen) return reading;
  throw refusal('run_not_ended', reading, `run ${run} is ${reading.state.status}: it must have ended first`);
}

export function causeOf<T extends Cause['type']>(
  type: T,
  by: Principal,
  request: string,
  data: Record<string, unknown>,
): Cause & { type: T } {
  return { type, at: new Date().toISOString(), data: { ...data, ...actorOf(by), request } };
}
