/** What a command would repeat and ask again, read from the log and the history; nothing is done. */
import type { Prediction } from '../../protocol/schemas/commands.ts';
import type { Edits, Foreseeable } from '../engine.ts';
import type { AgentCall } from './agent-calls-of.ts';
import { editedState } from './edit-state.ts';
import { isBefore } from './is-before.ts';
import { messagesOf } from './messages-of.ts';
import { readEnded } from './next-execution.ts';
import { chosenCall, readOpen } from './pending-step.ts';
import { questionsAfter } from './questions-after.ts';
import { readableExecutions, readRun, type RunReading } from './read-run.ts';
import { readFailed } from './reset-run.ts';
import { fitOf } from './require-fit.ts';
import type { RunContext } from './run-context.ts';
import { standAtFailure, standAtStart, standBefore, type Point } from './standing-point.ts';

export async function predict(context: RunContext, run: string, foreseeable: Foreseeable): Promise<Prediction> {
  switch (foreseeable.command) {
    case 'retry': {
      const reading = await readEnded(context, run);
      return await goingOn(context, reading, await standAtStart(context, reading));
    }
    case 'resume': {
      const reading = await readFailed(context, run);
      return await goingOn(context, reading, standAtFailure(reading), foreseeable.edits);
    }
    case 'reset':
    case 'fork': {
      const reading = await readRun(context, run);
      const { step, edits } = foreseeable;
      const point =
        step === undefined ? await standAtStart(context, reading) : await standBefore(context, reading, step);
      return await goingOn(context, reading, point, edits);
    }
    case 'unpause':
    case 'retry-step':
      return await stepAgain(context, run, foreseeable);
  }
}

/** A step is repeated that is not behind the point, and of which an activity had started at least once. */
async function goingOn(context: RunContext, reading: RunReading, point: Point, edits?: Edits): Promise<Prediction> {
  const { state } = point;
  const { carry } = await editedState(context, reading, point, { edits, by: '' });
  const executions = await readableExecutions(context, reading);
  const log = executions.flatMap(({ events }) => events);
  const messageOf = messagesOf(log);
  const message = messageOf(state.lastSeq);
  const calls: AgentCall[] = [];
  for (const execution of executions) {
    const isNewest = execution.runId === reading.runId;
    calls.push(...(await execution.calls(isNewest ? reading.pendingActivities : undefined)));
  }
  const again = calls.filter(({ step, seq }) => !isBefore(state, step) && messageOf(seq - 1) === message);
  const restored = new Set((carry.restored ?? []).map(({ question }) => question));
  return {
    repeats: repeatsOf(context, again),
    questions: questionsAfter(log, state)
      .filter(({ question }) => !restored.has(question.id))
      .map(({ question: { id, kind, step = null } }) => ({ id, kind, step })),
    from: { step: point.step, seq: state.lastSeq },
  };
}

async function stepAgain(
  context: RunContext,
  run: string,
  { command, step }: { command: 'unpause' | 'retry-step'; step?: string },
): Promise<Prediction> {
  const reading = await readOpen(context, run);
  const seq = reading.state.lastSeq;
  const call = command === 'unpause' && step === undefined ? null : await chosenCall(reading, step);
  const verification = await fitOf(context, reading);
  const repeats = call === null ? [] : repeatsOf(context, [call]);
  return { repeats, questions: [], from: { step: call?.step ?? null, seq }, verification };
}

function repeatsOf({ agents }: RunContext, calls: readonly AgentCall[]): Prediction['repeats'] {
  const repeats = new Map<string, Prediction['repeats'][number]>();
  for (const { step, agent, startedAttempts } of calls) {
    if (startedAttempts === 0) continue;
    const known = repeats.get(step)?.startedAttempts ?? 0;
    const repeatable = agents.get(agent)?.repeatable === true;
    repeats.set(step, { step, agent, startedAttempts: known + startedAttempts, repeatable });
  }
  return [...repeats.values()];
}
