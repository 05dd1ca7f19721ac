/**
 * The `decide` activity: asks the model which agent works next. It returns how that ended, failures of the model too;
 * it throws only where the decision must be made again elsewhere, or is not wanted any more.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { BatonError } from '../protocol/errors.ts';
import type { DecisionOutcome, DecisionTask } from '../protocol/execution.ts';
import { agentMessageCharacters, heartbeatIntervalMs, stoppedRetryDelayMs } from '../protocol/limits.ts';
import type { Log } from '../runtime/log.ts';
import type { Model } from '../runtime/model/model.ts';
import { metered, UsageMeter } from '../runtime/model/usage-meter.ts';
import { systemClock } from './clock.ts';
import { decisionPrompt, decisionSchema } from './decision-prompt.ts';
import { StopWatch } from './stop-watch.ts';

export interface DecideServices {
  model: Model | null;
  /** What an agent says of itself in its contract. */
  describe: (agent: string) => string | undefined;
  log: Log;
}

export function decideActivity({ model, describe, log }: DecideServices) {
  return async function decide(task: DecisionTask): Promise<DecisionOutcome> {
    if (!model) return { kind: 'unavailable' };
    const activity = Context.current();
    const stop = new StopWatch(activity.cancellationSignal, activity.info.startToCloseTimeoutMs, systemClock);
    // A cancel comes back with a heartbeat.
    const heart = setInterval(() => activity.heartbeat(), heartbeatIntervalMs);
    const meter = new UsageMeter();
    const made = () => ({ model: model.name, usage: meter.usage, calls: meter.answers });
    try {
      const { value } = await metered(meter, () =>
        model.object({
          ...decisionPrompt(task, describe),
          schema: decisionSchema(task.choices.map(({ name }) => name)),
          signal: stop.signal,
        }),
      );
      const { goto, instructions, reason, update } = value;
      return {
        kind: 'chosen',
        goto,
        instructions: instructions ?? '',
        reason,
        ...(update ? { update } : {}),
        ...made(),
      };
    } catch (error) {
      if (stop.cause === 'cancelled' || stop.cause === 'gone') throw new CancelledFailure('CANCELLED');
      if (stop.cause === 'stopping') throw giveBack(task);
      if (stop.cause === 'timed_out')
        return { kind: 'failed', error: { code: 'model_failed', message: `${model.name} took too long` }, ...made() };
      if (!(error instanceof BatonError)) throw error;
      const { code, message } = error;
      log.warn({ run: task.run, iteration: task.iteration, code, message }, 'the model made no decision');
      return {
        kind: 'failed',
        error: { code, message: message.slice(0, agentMessageCharacters).toWellFormed() },
        ...made(),
      };
    } finally {
      clearInterval(heart);
      stop[Symbol.dispose]();
    }
  };
}

/** The worker stops: another one asks anew. Nobody's fault. */
function giveBack({ run }: DecisionTask): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'shutting_down',
    message: `the worker that decided for run ${run} is stopping`,
    nextRetryDelay: stoppedRetryDelayMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}
