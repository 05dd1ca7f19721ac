/**
 * The `decide` activity: asks the model which agent works next. It returns how that ended, failures of the model too;
 * it throws only where the decision must be made again elsewhere, or is not wanted any more.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { BatonError } from '../protocol/errors.ts';
import type { AgentContract } from '../protocol/agent.ts';
import type { DecisionOutcome, DecisionTask } from '../protocol/execution.ts';
import { agentMessageCharacters, heartbeatIntervalMs, stoppedRetryDelayMs } from '../protocol/limits.ts';
import type { Log } from '../runtime/log.ts';
import type { Model } from '../runtime/model/model.ts';
import { metered, UsageMeter } from '../runtime/model/usage-meter.ts';
import { systemClock } from './clock.ts';
import { decisionPrompt, decisionSchema, decisionWithGuestsSchema } from './decision-prompt.ts';
import { StopWatch } from './stop-watch.ts';

export interface DecideServices {
  model: Model | null;
  /** All agents of the worker. */
  contracts: readonly Pick<AgentContract, 'name' | 'description' | 'taskQueue'>[];
  /** Names of those that are tools of `MCP_SERVERS`. */
  guests: readonly string[];
  log: Log;
}

interface Decision {
  goto: string;
  instructions?: string | null | undefined;
  reason: string;
  update?: Record<string, unknown> | null | undefined;
  input?: Record<string, unknown> | null | undefined;
}

export function decideActivity({ model, contracts, guests, log }: DecideServices) {
  const contractOf = (agent: string) => contracts.find(({ name }) => name === agent);

  return async function decide(task: DecisionTask): Promise<DecisionOutcome> {
    if (!model) return { kind: 'unavailable' };
    const activity = Context.current();
    const stop = new StopWatch(activity.cancellationSignal, activity.info.startToCloseTimeoutMs, systemClock);
    // A cancel comes back with a heartbeat.
    const heart = setInterval(() => activity.heartbeat(), heartbeatIntervalMs);
    const meter = new UsageMeter();
    const made = () => ({ model: model.name, usage: meter.usage, calls: meter.answers });
    try {
      const names = task.choices.map(({ name }) => name);
      const invited = task.guests ? guests.filter((name) => !names.includes(name)) : [];
      const choices = [...task.choices, ...invited.map((name) => ({ name }))];
      const schema = invited.length === 0 ? decisionSchema(names) : decisionWithGuestsSchema(names, invited);
      const { value } = await metered(meter, () =>
        model.object<Decision>({
          ...decisionPrompt({ ...task, choices }, (name) => contractOf(name)?.description),
          schema,
          signal: stop.signal,
        }),
      );
      const { goto, instructions, reason, update, input } = value;
      const taskQueue = contractOf(goto)?.taskQueue;
      return {
        kind: 'chosen',
        goto,
        instructions: instructions ?? '',
        reason,
        ...(update ? { update } : {}),
        ...(invited.includes(goto)
          ? { guest: { input: input ?? {}, ...(taskQueue === undefined ? {} : { taskQueue }) } }
          : {}),
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
