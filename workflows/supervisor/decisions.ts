/**
 * What comes next: by the blueprint's rules, or by the model in the `decide` activity. Replayed.
 *
 *   no routing by model, no model at the start, none at the worker, choices: null ──▶ rules
 *   else ──▶ decide ──chosen──▶ command
 *                   ├─failed──▶ supervisor.decision_failed ──▶ the run fails, or rules, as the blueprint says
 *                   └─unavailable──▶ rules, and it is not asked again in this execution
 *
 * That the gateway says at the start whether there is a model costs a run without one nothing.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  scheduleActivity,
  workflowInfo,
} from '@temporalio/workflow';
import {
  defaultTaskQueue,
  type DecisionOutcome,
  type DecisionTask,
  type StepOutcome,
} from '../../protocol/execution.ts';
import { decisionTimeoutMs, heartbeatTimeoutMs, lostAttempts, situationEntries } from '../../protocol/limits.ts';
import type { Choice, Command, ModelRouting } from './define-blueprint.ts';
import { failure } from './failure.ts';
import type { Carry } from './limit-guard.ts';
import { now } from './now.ts';
import { situationOf } from './situation.ts';
import type { Supervision } from './supervision.ts';
import { Interrupted, untilInterrupted } from './until-interrupted.ts';
import { noUsage, usageIn, type Usage } from './usage.ts';

/** A command, and what of its making belongs into its event. */
export interface Decided {
  command: Command;
  made?: { model: string; calls: number; usage?: Usage };
}

export class Decisions {
  private readonly run: Supervision;
  private isMissing: boolean;
  private taken: { goto: string; reason: string }[];

  constructor(run: Supervision, { modelMissing, decisions }: Carry) {
    this.run = run;
    this.isMissing = run.input.model !== true || modelMissing === true;
    this.taken = decisions ?? [];
  }

  /** null where the run was interrupted meanwhile. Without a model it awaits nothing that takes time. */
  async next(last: readonly StepOutcome[]): Promise<Decided | null> {
    const { blueprint, log, input } = this.run;
    const routing = this.isMissing ? undefined : blueprint.model;
    if (!routing) return this.byRules(last);
    const choices = routing.choices
      ? routing.choices(log.state, last, input.input)
      : [...Object.keys(blueprint.agents), 'end'];
    if (choices === null || choices.length === 0) return this.byRules(last);
    return await this.byModel(routing, choices, last);
  }

  carry(): Carry {
    const { blueprint, input } = this.run;
    if (!blueprint.model || input.model !== true) return {};
    return { modelMissing: this.isMissing, decisions: this.taken };
  }

  private byRules(last: readonly StepOutcome[]): Decided {
    const { blueprint, log, input } = this.run;
    if (!blueprint.policy)
      throw failure('blueprint_unavailable', `blueprint ${blueprint.name} needs a language model, and there is none`);
    return { command: blueprint.policy(log.state, last, input.input) };
  }

  private async byModel(
    routing: ModelRouting,
    choices: readonly string[],
    last: readonly StepOutcome[],
  ): Promise<Decided | null> {
    const { log, input } = this.run;
    let outcome: DecisionOutcome;
    try {
      outcome = await this.ask(this.taskOf(routing, choices, last));
    } catch (error) {
      if (error instanceof Interrupted) return null;
      outcome = lostDecision(error);
    }
    if (outcome.kind === 'unavailable') {
      this.isMissing = true;
      return this.byRules(last);
    }
    const { model, calls, usage } = outcome;
    if (outcome.kind === 'failed') {
      const { error } = outcome;
      const hasRules = routing.onFailure === 'rules' && this.run.blueprint.policy !== null;
      const data = { error, then: hasRules ? 'rules' : 'fail', model, calls, ...usageIn(usage) };
      log.append({ type: 'supervisor.decision_failed', at: now(), data });
      if (!hasRules) throw failure(error.code, error.message);
      return this.byRules(last);
    }
    const { guest } = outcome;
    if (guest) this.invite(outcome.goto, routing, guest.taskQueue);
    const choice: Choice = {
      goto: outcome.goto,
      instructions: outcome.instructions,
      reason: outcome.reason,
      ...(outcome.update === undefined ? {} : { update: outcome.update }),
      ...(guest ? { input: guest.input } : {}),
    };
    this.taken = [...this.taken, { goto: choice.goto, reason: choice.reason }].slice(-situationEntries);
    const command = (routing.command ?? commandOf)(choice, log.state, last, input.input);
    return { command, made: { model, calls, ...usageIn(usage) } };
  }

  private invite(name: string, { guests = {} }: ModelRouting, taskQueue: string | undefined): void {
    this.run.guests.set(name, taskQueue === undefined ? guests : { ...guests, taskQueue });
  }

  private taskOf(routing: ModelRouting, choices: readonly string[], last: readonly StepOutcome[]): DecisionTask {
    const { blueprint, log, input } = this.run;
    const { state } = log;
    const described = (name: string) =>
      name === 'end' ? (routing.end ?? 'the run is done') : blueprint.agents[name]?.description;
    return {
      run: state.id,
      iteration: state.iteration + 1,
      brief: routing.brief,
      choices: choices.map((name) => {
        const description = described(name);
        return { name, ...(description === undefined ? {} : { description }) };
      }),
      ...(routing.guests ? { guests: true as const } : {}),
      situation: situationOf(state, {
        task: routing.task ? routing.task(state, input.input) : input.input,
        last,
        decisions: this.taken,
      }),
    };
  }

  private async ask(task: DecisionTask): Promise<DecisionOutcome> {
    const riding = this.run.log.ride();
    const scope = new CancellationScope();
    const deciding = scope.run(() =>
      scheduleActivity<DecisionOutcome>('decide', riding === null ? [task] : [task, riding], {
        taskQueue: workflowInfo().taskQueue ?? defaultTaskQueue,
        startToCloseTimeout: decisionTimeoutMs,
        heartbeatTimeout: heartbeatTimeoutMs,
        cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        // The activity tries the model again itself, and returns how that ended: only workers are lost.
        retry: { maximumAttempts: lostAttempts, initialInterval: 500, maximumInterval: '30s' },
      }),
    );
    return await untilInterrupted(this.run, deciding, scope, workflowInfo().historyLength);
  }
}

function commandOf({ goto, instructions, reason, update, input }: Choice): Command {
  const branch = {
    agent: goto,
    ...(instructions === '' ? {} : { instructions }),
    ...(input === undefined ? {} : { input }),
  };
  return {
    goto: goto === 'end' ? 'end' : branch,
    reason,
    ...(update === undefined ? {} : { update }),
  };
}

/** No worker has come to an outcome. A bug of this file must not pass for one. */
function lostDecision(thrown: unknown): DecisionOutcome {
  if (!(thrown instanceof ActivityFailure)) throw thrown;
  const { cause } = thrown;
  const code = cause instanceof ApplicationFailure && cause.type?.startsWith('model_') ? cause.type : 'model_failed';
  const message = `no decision was made: ${cause?.message ?? thrown.message}`;
  return { kind: 'failed', error: { code, message }, model: 'unknown', usage: noUsage, calls: 0 };
}
