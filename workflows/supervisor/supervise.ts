/**
 * The kernel: one workflow function for every blueprint. Replayed: no I/O, no clock but the workflow's, no randomness.
 *
 *   (hold) ─▶ decide ─▶ run the agents ─▶ decide ─▶ … ─▶ end
 *                ▲            │  ▲
 *                │            ▼  │  ask, delegate
 *                └─ continue-as-new, between steps
 */
import {
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  defineSignal,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { memoKeys, signals, type CancelSignal, type ExecutionInput } from '../../protocol/execution.ts';
import { byteLength } from '../../protocol/cut-data.ts';
import { decisionBytes, emitSignalsPerExecution } from '../../protocol/limits.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import { AgentCalls } from './agent-calls.ts';
import { Decisions, type Decided } from './decisions.ts';
import type { Blueprint, Command, StepOutcome } from './define-blueprint.ts';
import { interrupt, readActor, readCancel, readReset } from './interruption.ts';
import { failure, failureFacts } from './failure.ts';
import { LimitGuard, readCarry } from './limit-guard.ts';
import { QuestionDesk } from './question-desk.ts';
import { allAttributesOf, faceOf } from './public-face.ts';
import { Relay } from './relay.ts';
import { RestoredQuestions } from './restored-questions.ts';
import { RunLog } from './run-log.ts';
import { requestCancel } from './request-cancel.ts';
import { now } from './now.ts';
import { steering, untilUnpaused } from './steering.ts';
import type { Supervision } from './supervision.ts';

export async function supervise(blueprint: Blueprint, input: ExecutionInput): Promise<unknown> {
  const log = new RunLog(workflowInfo().workflowId, input);
  const run: Supervision = {
    blueprint,
    input,
    log,
    desk: new QuestionDesk(),
    interruption: null,
    isPaused: log.state.paused !== undefined,
    restored: new RestoredQuestions(input.carry),
    guests: new Map(),
  };
  handleSignals(run);
  const relay = blueprint.relay === true ? new Relay(log, input.carry) : null;
  if (relay) setHandler(defineSignal<[unknown]>(signals.publish), (payload) => relay.take(payload));
  const native = watchNativeCancel(run);
  return CancellationScope.nonCancellable(async () => {
    void pump(log);
    void log.face.keepFresh();
    const limits = new LimitGuard(run, readCarry(input.carry));
    try {
      return await (relay ? pass(run, limits, relay) : live(run, limits));
    } catch (error) {
      const facts = failureFacts(error);
      if (facts) log.face.showFailure(facts);
      throw error;
    } finally {
      limits.stop();
      if (run.interruption?.kind === 'cancel') await native.reached();
      log.flush();
    }
  });
}

async function live(run: Supervision, limits: LimitGuard): Promise<unknown> {
  const { blueprint } = run;
  const calls = new AgentCalls(run);
  const decisions = new Decisions(run, readCarry(run.input.carry));
  await untilBegun(run, limits);
  let last: StepOutcome[] = limits.carriedOutcomes();
  for (;;) {
    await endIfInterrupted(run);
    await continueAsNewIfSuggested(run, { ...limits.carry(), ...decisions.carry(), ...run.restored.carry(), last });
    if (run.isPaused) {
      await untilUnpaused(run, limits);
      continue;
    }
    await limits.check();
    if (run.interruption || run.isPaused) continue;
    const decided = await decisions.next(last);
    if (decided === null) continue;
    const { command } = decided;
    decide(run, decided);
    if (command.goto === 'end') return end(command, last);
    last = await calls.run(Array.isArray(command.goto) ? command.goto : [command.goto]);
    if (run.interruption) continue;
    const failed = last.find((outcome) => outcome.status === 'failed');
    if (failed && blueprint.onAgentFailure !== 'route')
      throw failure(failed.error.code, failed.error.message, failed.step);
  }
}

/** A relay's loop: writes what was published, until something ends the run. */
async function pass(run: Supervision, limits: LimitGuard, relay: Relay): Promise<unknown> {
  await untilBegun(run, limits);
  relay.open();
  for (;;) {
    if (run.isPaused && !run.interruption) await untilUnpaused(run, limits);
    relay.write();
    await endIfInterrupted(run);
    if (relay.ending !== null) return relay.end();
    await continueAsNewIfSuggested(run, { ...limits.carry(), ...relay.carry() });
    await condition(() => relay.hasNews || run.isPaused || run.interruption !== null);
  }
}

async function untilBegun(run: Supervision, limits: LimitGuard): Promise<void> {
  const { log } = run;
  if (log.state.status === 'pending')
    await condition(() => log.state.status !== 'pending' || run.interruption !== null);
  limits.start();
  // Signals of the first activation are counted once this has been awaited; nothing may be appended before.
  await Promise.resolve();
}

function handleSignals(run: Supervision): void {
  const { log, desk } = run;
  setHandler(defineSignal<[unknown]>(signals.emit), (payload) => log.takeEmit(payload));
  setHandler(defineSignal<[unknown]>(signals.answer), (payload) => {
    const event = desk.take(payload, now());
    if (event) log.push(event);
  });
  setHandler(defineSignal<[unknown]>(signals.cancel), (payload) => cancel(run, readCancel(payload)));
  setHandler(defineSignal<[unknown]>(signals.reset), (payload) => {
    const reset = readReset(payload);
    if (reset) run.interruption = interrupt(run.interruption, { kind: 'reset', reset });
  });
  setHandler(defineSignal<[unknown]>(signals.steer), steering(run));
  let isBegun = false;
  setHandler(defineSignal<[unknown]>(signals.begin), (payload) => {
    if (isBegun || run.interruption || log.state.status !== 'pending') return;
    isBegun = true;
    log.push({ type: 'run.begun', at: now(), data: { ...readActor(payload) } });
  });
  setHandler(defineQuery<unknown>('state'), () => log.state);
}

function cancel(run: Supervision, signal: CancelSignal): void {
  if (run.interruption?.kind === 'cancel') return;
  run.interruption = interrupt(run.interruption, { kind: 'cancel', cancel: signal });
  run.log.push({ type: 'run.cancelling', at: now(), data: { ...signal } });
}

/**
 * A native cancel behaves as a graceful one. A workflow that only heard our signal could not close as cancelled:
 * `reached` makes sure that the native one has come, and asks for it where the gateway could not.
 */
function watchNativeCancel(run: Supervision): { reached(): Promise<void> } {
  let isReached = false;
  CancellationScope.current().cancelRequested.catch(() => {
    isReached = true;
    cancel(run, { reason: null, by: 'temporal', mode: 'graceful' });
  });
  return {
    reached: async () => {
      if (await condition(() => isReached, '100ms')) return;
      await requestCancel();
      await condition(() => isReached);
    },
  };
}

/** Flushes whatever is appended, after every signal of the activation has been counted. */
async function pump(log: RunLog): Promise<never> {
  for (;;) {
    await condition(() => log.hasUnflushed);
    log.flush();
  }
}

function decide(run: Supervision, { command, made }: Decided): void {
  const { goto, reason, update, plan } = command;
  const isOne = goto !== 'end' && !Array.isArray(goto);
  const draft: EventDraft = {
    type: 'supervisor.decided',
    at: now(),
    data: {
      iteration: run.log.state.iteration + 1,
      goto: goto === 'end' ? 'end' : isOne ? goto.agent : goto.map((branch) => branch.agent),
      reason,
      ...(isOne && goto.instructions !== undefined ? { instructions: goto.instructions } : {}),
      ...(isOne && goto.planStep !== undefined ? { planStep: goto.planStep } : {}),
      ...(update === undefined ? {} : { update }),
      ...(plan === undefined ? {} : { plan }),
      ...made,
    },
  };
  const bytes = byteLength(JSON.stringify(draft));
  if (bytes > decisionBytes) {
    throw failure(
      'update_too_large',
      `a decision has ${bytes} bytes, at most ${decisionBytes}: pass references instead`,
    );
  }
  run.log.append(draft);
}

function end(command: Command, last: readonly StepOutcome[]): unknown {
  if (command.failure) {
    const failed = last.find(({ status }) => status === 'failed');
    throw failure(command.failure.code, command.failure.message, failed?.step);
  }
  if (command.result !== undefined) return command.result;
  const results = last.map((outcome) => (outcome.status === 'completed' ? outcome.result : null));
  return results.length === 1 ? results[0] : results;
}

async function endIfInterrupted(run: Supervision): Promise<void> {
  const { interruption, log } = run;
  if (interruption === null) return;
  if (interruption.kind === 'cancel') throw new CancelledFailure(interruption.cancel.reason ?? 'cancelled');
  if (interruption.kind === 'limit') {
    throw failure(interruption.code, `the run passed its ${String(run.blueprint.limits?.wallTimeMs)} ms`);
  }
  const { cause, state, input, carry = {} } = interruption.reset;
  log.flush();
  await continueAsNew(run, { state, cause, input, carry });
}

async function continueAsNewIfSuggested(run: Supervision, carry: Record<string, unknown>): Promise<void> {
  if (!workflowInfo().continueAsNewSuggested && run.log.emitSignals < emitSignalsPerExecution / 2) return;
  run.log.flush();
  await continueAsNew(run, {
    state: run.log.state,
    cause: null,
    input: run.input.input,
    carry,
  });
}

/** Continue-as-new carries no memo over, and no attributes beside those that are given: what is public is given again. */
function continueAsNew(
  run: Supervision,
  next: Pick<ExecutionInput, 'state' | 'cause' | 'input'> & { carry: Record<string, unknown> },
): Promise<never> {
  const seq = run.log.nextExecutionSeq;
  const state = next.state ?? run.log.state;
  const again = makeContinueAsNewFunc<(input: ExecutionInput) => Promise<unknown>>({
    memo: { [memoKeys.face]: faceOf(state), [memoKeys.origin]: workflowInfo().memo?.[memoKeys.origin] },
    typedSearchAttributes: allAttributesOf(state),
  });
  const { model } = run.input;
  return again({ ...next, seq, predecessor: null, ...(model === undefined ? {} : { model }) });
}
