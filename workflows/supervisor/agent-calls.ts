/** Runs the branches of a command: each is one step, however often its agent asks, delegates or is retried. */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  scheduleActivity,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import {
  activitySummary,
  defaultTaskQueue,
  type AgentOutcome,
  type AgentReturn,
  type AgentTask,
} from '../../protocol/execution.ts';
import type { AttemptReport } from '../../protocol/heartbeat.ts';
import {
  emitBytesPerExecution,
  emitSignalsPerExecution,
  heartbeatTimeoutMs,
  lostAttempts,
} from '../../protocol/limits.ts';
import { askQuestion } from './ask-question.ts';
import type { Branch, RosterEntry, StepOutcome } from './define-blueprint.ts';
import { failure } from './failure.ts';
import { now } from './now.ts';
import { noUsage, sumUsage, usageIn, type Usage } from './usage.ts';
import type { Supervision } from './supervision.ts';
import { Interrupted, untilInterrupted } from './until-interrupted.ts';

const timeoutDefaultMs = 600_000;
const maxAttemptsDefault = 3;
const retryIntervalDefaultMs = 500;
const retryIntervalMaxMs = 30_000;

interface Step {
  agent: string;
  name: string;
  roster: RosterEntry;
  branch: Branch;
  startedAtMs: number;
  attempt: number;
  progress: number;
  usage: Usage;
}

export class AgentCalls {
  private readonly supervision: Supervision;

  constructor(supervision: Supervision) {
    this.supervision = supervision;
  }

  async run(branches: readonly Branch[]): Promise<StepOutcome[]> {
    return Promise.all(branches.map((branch) => this.step(branch, branches.length)));
  }

  private async step(branch: Branch, parallel: number): Promise<StepOutcome> {
    const step = this.open(branch);
    try {
      const outcome = await this.work(step, parallel);
      return this.complete(step, outcome);
    } catch (error) {
      return this.fail(step, error);
    }
  }

  private open(branch: Branch): Step {
    const { log, blueprint, guests } = this.supervision;
    // A delegation may name anything, `constructor` too.
    const roster = Object.hasOwn(blueprint.agents, branch.agent)
      ? blueprint.agents[branch.agent]
      : guests.get(branch.agent);
    if (!roster) throw failure('agent_not_found', `blueprint ${blueprint.name} has no agent ${branch.agent}`);
    const name = `${branch.agent}#${(log.state.agents[branch.agent]?.calls ?? 0) + 1}`;
    const place = { agent: branch.agent, step: name, attempt: 1 };
    const { instructions, planStep } = branch;
    log.append(
      {
        type: 'agent.started',
        at: now(),
        ...place,
        data: {
          ...(instructions === undefined ? {} : { instructions }),
          ...(planStep === undefined ? {} : { planStep }),
          ...(roster.span === undefined ? {} : { span: roster.span }),
        },
      },
      { type: 'agent.progressed', at: now(), ...place, data: { fraction: 0, message: instructions ?? 'starting' } },
    );
    return {
      agent: branch.agent,
      name,
      roster,
      branch,
      startedAtMs: Date.now(),
      attempt: 1,
      progress: 0,
      usage: noUsage,
    };
  }

  /** Calls the agent until it is done; in between, people answer and other agents work. */
  private async work(step: Step, parallel: number): Promise<AgentOutcome & { kind: 'done' }> {
    const returned: AgentReturn[] = [];
    let attemptBase = 0;
    let checkpoint: unknown;
    for (;;) {
      const outcome = await this.call(step, { returned, attemptBase, checkpoint, parallel });
      step.attempt = outcome.attempt;
      step.progress = Math.max(step.progress, outcome.progress);
      step.usage = sumUsage(step.usage, outcome.usage);
      attemptBase = outcome.attempt;
      checkpoint = outcome.checkpoint;
      if (outcome.kind === 'done') return outcome;
      if (outcome.kind === 'ask') returned.push(await this.ask(step, outcome));
      else returned.push(await this.delegate(step, outcome));
    }
  }

  private async ask(step: Step, { question }: AgentOutcome & { kind: 'ask' }): Promise<AgentReturn> {
    const answered = await askQuestion(this.supervision, question, { agent: step.agent, step: step.name });
    if (answered === null) throw new Interrupted();
    return { kind: 'answer', ...answered };
  }

  private async delegate(
    step: Step,
    { agent, instructions, input }: AgentOutcome & { kind: 'delegate' },
  ): Promise<AgentReturn> {
    const { log } = this.supervision;
    log.append({
      type: 'supervisor.routed',
      at: now(),
      step: step.name,
      data: { from: step.agent, to: agent, instructions },
    });
    const outcome = await this.step({ agent, instructions, ...(input === undefined ? {} : { input }) }, 1);
    if (this.supervision.interruption) throw new Interrupted();
    log.append({ type: 'supervisor.routed', at: now(), step: step.name, data: { from: agent, to: step.agent } });
    if (outcome.status === 'failed')
      throw failure(outcome.error.code, `${outcome.step}: ${outcome.error.message}`, step.name);
    return { kind: 'delegation', agent, result: outcome.result };
  }

  private async call(
    step: Step,
    {
      returned,
      attemptBase,
      checkpoint,
      parallel,
    }: { returned: AgentReturn[]; attemptBase: number; checkpoint: unknown; parallel: number },
  ): Promise<AgentOutcome> {
    const { supervision: run } = this;
    if (run.interruption) throw new Interrupted();
    const { roster, branch } = step;
    const { state } = run.log;
    const maxAttempts = roster.maxAttempts ?? maxAttemptsDefault;
    const task: AgentTask = {
      run: state.id,
      agent: step.agent,
      step: step.name,
      attemptBase,
      instructions: branch.instructions ?? null,
      input: branch.input ?? (roster.input ? roster.input(state, run.input.input, branch) : run.input.input),
      context: state.context,
      returned,
      ...(checkpoint === undefined ? {} : { checkpoint }),
      progress: step.progress,
      maxAttempts,
      emitBudget: this.emitBudget(parallel),
      owner: state.owner,
    };
    const riding = run.log.ride();
    const scope = new CancellationScope();
    const working = scope.run(() =>
      scheduleActivity<AgentOutcome>(step.agent, riding === null ? [task] : [task, riding], {
        ...activitySummary(task),
        taskQueue: roster.taskQueue ?? workflowInfo().taskQueue ?? defaultTaskQueue,
        startToCloseTimeout: roster.timeoutMs ?? timeoutDefaultMs,
        heartbeatTimeout: heartbeatTimeoutMs,
        cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        retry: {
          // The activity counts what its agent failed; this bounds what workers lose.
          maximumAttempts: maxAttempts + lostAttempts,
          initialInterval: roster.retryIntervalMs ?? retryIntervalDefaultMs,
          // The server refuses one below the first interval.
          maximumInterval: Math.max(retryIntervalMaxMs, roster.retryIntervalMs ?? 0),
        },
      }),
    );
    return untilInterrupted(run, working, scope, workflowInfo().historyLength);
  }

  private complete(step: Step, outcome: AgentOutcome & { kind: 'done' }): StepOutcome {
    const place = { agent: step.agent, step: step.name, attempt: step.attempt };
    const { planStep } = step.branch;
    const { result, resultBytes, update, goto, message } = outcome;
    this.supervision.log.append(
      { type: 'agent.progressed', at: now(), ...place, data: { fraction: 1, message: message ?? 'done' } },
      {
        type: 'agent.completed',
        at: now(),
        ...place,
        data: {
          result,
          resultBytes,
          durationMs: Date.now() - step.startedAtMs,
          ...(planStep === undefined ? {} : { planStep }),
          ...(update === undefined ? {} : { update }),
          ...(goto === undefined ? {} : { goto }),
          ...usageIn(step.usage),
        },
      },
    );
    return { agent: step.agent, step: step.name, status: 'completed', result, ...(goto === undefined ? {} : { goto }) };
  }

  private fail(step: Step, thrown: unknown): StepOutcome {
    const { interruption, log } = this.supervision;
    const report = reportOf(thrown);
    step.attempt = report?.attempt ?? step.attempt;
    step.usage = sumUsage(step.usage, report?.usage);
    const error = interruption
      ? {
          code:
            interruption.kind === 'cancel' ? 'cancelled' : interruption.kind === 'reset' ? 'reset' : interruption.code,
          message: 'the run was interrupted',
        }
      : describe(thrown);
    const place = { agent: step.agent, step: step.name, attempt: step.attempt };
    const { planStep } = step.branch;
    log.append(
      { type: 'agent.progressed', at: now(), ...place, data: { fraction: 1, message: `✖ ${error.message}` } },
      {
        type: 'agent.failed',
        at: now(),
        ...place,
        data: {
          error,
          durationMs: Date.now() - step.startedAtMs,
          ...(planStep === undefined ? {} : { planStep }),
          ...usageIn(step.usage),
        },
      },
    );
    return { agent: step.agent, step: step.name, status: 'failed', error };
  }

  /** What is left of the execution's signals and bytes, shared between branches that work at once. */
  private emitBudget(parallel: number): { signals: number; bytes: number } {
    const signals = Math.max(0, emitSignalsPerExecution - this.supervision.log.emitSignals);
    const bytes = Math.max(0, emitBytesPerExecution - workflowInfo().historySize);
    return { signals: Math.floor(signals / parallel), bytes: Math.floor(bytes / parallel) };
  }
}

/** What the last attempt of a failed activity reported of itself. */
function reportOf(thrown: unknown): AttemptReport | undefined {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  const [report] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return typeof (report as AttemptReport | undefined)?.attempt === 'number' ? (report as AttemptReport) : undefined;
}

/** The code and message of whatever an agent's activity failed with. A bug of this file must not pass for one. */
function describe(thrown: unknown): { code: string; message: string } {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'agent_failed', message: cause.message };
  if (cause instanceof TimeoutFailure) return { code: 'agent_timeout', message: cause.message };
  if (thrown instanceof ActivityFailure) return { code: 'agent_failed', message: thrown.message };
  throw thrown;
}
