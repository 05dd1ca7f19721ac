/**
 * One attempt of an agent, from its task to its outcome.
 *
 *   task ──▶ input checked ──▶ agent.run ──▶ result checked ──▶ events acknowledged ──▶ outcome
 *                                  │
 *        cancelled, timed out,     ▼
 *    worker stopping, paused, gone told by its signal; its last events are sent; the attempt ends as a failure
 *
 * An attempt that ends because its worker stops or its step is paused is no fault of the agent, and not counted as one.
 */
import type { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { AgentStopped } from '../protocol/agent-stopped.ts';
import type { Agent, AgentResult } from '../protocol/agent.ts';
import { BatonError } from '../protocol/errors.ts';
import type { AgentOutcome, AgentReturn, AgentTask } from '../protocol/execution.ts';
import { readHeartbeat, type AttemptReport, type HeartbeatDetails } from '../protocol/heartbeat.ts';
import { heartbeatIntervalMs, stoppedRetryDelayMs } from '../protocol/limits.ts';
import { metered, sumUsage, UsageMeter } from '../runtime/model/usage-meter.ts';
import type { ModelUsage } from '../runtime/model/model.ts';
import { resolveValue } from '../stores/blobs/stored-data.ts';
import { agentContext } from './agent-context.ts';
import { faultOf, toApplicationFailure } from './agent-failure.ts';
import { agentLog } from './agent-log.ts';
import { agentEnd } from './agent-result.ts';
import type { AgentServices } from './agent-services.ts';
import { Checkpoints } from './checkpoints.ts';
import { AttemptLines } from './attempt-lines.ts';
import { attemptEmitter, attemptProgress } from './attempt-outlets.ts';
import { systemClock, type Clock } from './clock.ts';
import { EmitRefused } from './emit-refused.ts';
import type { Emitter } from './emitter.ts';
import { EventWriter, type StepPlace } from './event-writer.ts';
import type { ProgressReporter } from './progress-reporter.ts';
import { StopWatch } from './stop-watch.ts';

export class Attempt {
  private readonly agent: Agent;
  private readonly services: AgentServices;
  private readonly task: AgentTask;
  private readonly activity: Context;
  private readonly clock: Clock = systemClock;
  private readonly place: StepPlace;
  private readonly resumed: HeartbeatDetails | null;
  private readonly lines: AttemptLines | null;
  private readonly log: ReturnType<typeof agentLog>;
  private readonly stop: StopWatch;
  private readonly emitter: Emitter;
  private readonly events: EventWriter;
  private readonly progress: ProgressReporter;
  private readonly checkpoints: Checkpoints;
  private readonly meter = new UsageMeter();
  private failures: number;
  private heart: Disposable | null = null;

  constructor(agent: Agent, services: AgentServices, task: AgentTask, activity: Context) {
    const { info } = activity;
    this.agent = agent;
    this.services = services;
    this.task = task;
    this.activity = activity;
    const { name } = agent.contract;
    this.place = { run: task.run, agent: name, step: task.step, attempt: task.attemptBase + info.attempt };
    this.resumed = readHeartbeat(info.heartbeatDetails);
    this.failures = this.resumed?.failures ?? 0;
    this.lines = services.lines && new AttemptLines(this.place, services.lines, this.clock);
    this.log = agentLog(services.log, this.place, this.lines);
    this.stop = new StopWatch(activity.cancellationSignal, info.startToCloseTimeoutMs, this.clock);
    this.emitter = attemptEmitter({
      task,
      services,
      attempt: this.place.attempt,
      execution: info.workflowExecution,
      spent: this.resumed?.emitted,
      log: this.log,
      onGone: () => this.stop.stop('gone'),
    });
    this.events = new EventWriter(this.place, this.emitter, services.store);
    this.progress = attemptProgress({
      place: this.place,
      floor: { fraction: Math.max(task.progress, this.resumed?.fraction ?? 0), message: this.resumed?.message ?? '' },
      bus: services.bus,
      events: agent.contract.progress === 'durable' ? this.events : null,
      log: this.log,
    });
    this.checkpoints = new Checkpoints({
      store: services.store,
      run: task.run,
      resumed: this.resumed?.checkpoint,
      clock: this.clock,
      onKept: () => this.heartbeat(),
      onTrouble: (error) => this.log.warn('a checkpoint could not be stored', { err: error }),
    });
  }

  async run(): Promise<AgentOutcome> {
    this.heart = this.beat();
    this.stop.deadline.catch((reason: AgentStopped) => this.emitter.abandon(reason));
    try {
      const end = await agentEnd(this.agent.contract, await this.work(), {
        store: this.services.store,
        run: this.task.run,
      });
      this.progress.flush();
      await this.emitter.flush();
      if (this.stop.cause === 'cancelled') this.stop.signal.throwIfAborted();
      return { ...this.report(), ...end, ...this.used(end.usage) };
    } catch (error) {
      throw await this.failureOf(error).catch((late: unknown) => this.lateFailure(late));
    } finally {
      this.end();
    }
  }

  private async work(): Promise<AgentResult<unknown>> {
    const { store } = this.services;
    const { task, agent } = this;
    const input = checkInput(agent, await resolveValue(store, task.run, task.input));
    const returned = await Promise.all(
      task.returned.map(async (entry): Promise<AgentReturn> =>
        entry.kind === 'delegation' ? { ...entry, result: await resolveValue(store, task.run, entry.result) } : entry,
      ),
    );
    const context = agentContext({
      task,
      execution: this.activity.info.workflowExecution?.runId ?? '',
      place: this.place,
      returned,
      resumedFrom: await this.checkpoints.resume(task.checkpoint),
      signal: this.stop.signal,
      progress: this.progress,
      keepsMilestones: agent.contract.progress === 'milestones',
      events: this.events,
      checkpoints: this.checkpoints,
      store,
      log: this.log,
      clock: this.clock,
    });
    this.stop.signal.throwIfAborted();
    const running = metered(this.meter, () => agent.run(context, input));
    // An agent that settles after the attempt has ended without it is not an unhandled rejection.
    running.catch(() => undefined);
    const result = await Promise.race([running, this.stop.patience]);
    this.stop.signal.throwIfAborted();
    return result;
  }

  private async failureOf(error: unknown): Promise<Error> {
    const { cause } = this.stop;
    this.progress.flush();
    if (cause === 'gone') return new CancelledFailure('NOT_FOUND');
    if (cause === 'stopping')
      return await this.giveBack('shutting_down', `the worker of ${this.place.step} is stopping`);
    if (cause === 'paused') return await this.giveBack('step_paused', `${this.place.step} is paused`);
    if (cause === 'cancelled') {
      await this.emitter.flush();
      return new CancelledFailure('CANCELLED');
    }
    const fault = faultOf(cause === 'timed_out' ? this.timeout() : error);
    this.failures += 1;
    const { info } = this.activity;
    const isLast =
      this.failures >= (this.task.maxAttempts ?? Number.POSITIVE_INFINITY) ||
      info.retryPolicy?.maximumAttempts === info.attempt;
    const retry = fault.retry && !isLast;
    const { code, message } = fault;
    this.services.log.debug({ ...this.place, code, message, retry }, 'an attempt failed');
    this.lines?.write('warn', 'the attempt failed', { code, message, retry });
    if (retry) await this.events.write('agent.attempt_failed', { code, message }, this.clock.now());
    await this.emitter.flush();
    await this.heartbeatLast();
    return toApplicationFailure(fault, { retry, report: this.report() });
  }

  /** The last events could not be sent: the execution is gone, the server refuses them, or there was no time left. */
  private lateFailure(late: unknown): Error {
    if (this.stop.cause === 'cancelled' || this.stop.cause === 'gone') return new CancelledFailure('NOT_FOUND');
    const fault = faultOf(
      this.stop.cause === 'timed_out'
        ? this.timeout()
        : new BatonError('internal', 'the log takes no more events', {}, { cause: late }),
    );
    this.log.error('the last events of an attempt could not be sent', { err: late });
    return toApplicationFailure(fault, { retry: !(late instanceof EmitRefused), report: this.report() });
  }

  /** Another attempt begins anew, from the checkpoint: on another worker, or once the step is unpaused. */
  private async giveBack(code: 'shutting_down' | 'step_paused', message: string): Promise<Error> {
    await this.emitter.flush().catch((error: unknown) => {
      this.log.warn('an attempt that was given back left events behind', { err: error });
    });
    await this.heartbeatLast();
    const fault = faultOf(new BatonError(code, message));
    return toApplicationFailure(fault, { retry: true, report: this.report(), nextRetryDelayMs: stoppedRetryDelayMs });
  }

  private report(): AttemptReport {
    const checkpoint = this.checkpoints.current;
    return {
      attempt: this.place.attempt,
      progress: this.progress.newest.fraction,
      emitted: { ...this.emitter.spent },
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...this.used(),
    };
  }

  /** Over all attempts of the activity. What the engine has counted itself stands in the place of what the agent says. */
  private used(told?: ModelUsage): { usage?: ModelUsage } {
    const usage = sumUsage(this.meter.answers > 0 ? this.meter.usage : (told ?? this.meter.usage), this.resumed?.usage);
    return usage.inputTokens + usage.outputTokens === 0 ? {} : { usage };
  }

  private beat(): Disposable {
    const timer = setInterval(() => this.heartbeat(), heartbeatIntervalMs);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  private heartbeat(): void {
    const { run: _, ...place } = this.place;
    const { fraction, message, atMs } = this.progress.newest;
    const checkpoint = this.checkpoints.kept;
    const details: HeartbeatDetails = {
      ...place,
      at: new Date(atMs).toISOString(),
      fraction,
      message,
      emitted: { ...this.emitter.spent },
      failures: this.failures,
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...this.used(),
    };
    this.activity.heartbeat(details);
  }

  /** The SDK sends the last heartbeat of an attempt before its failure. */
  private async heartbeatLast(): Promise<void> {
    await this.checkpoints.settled();
    this.heartbeat();
  }

  private end(): void {
    this.heart?.[Symbol.dispose]();
    this.stop.stop('gone');
    this.stop[Symbol.dispose]();
    this.progress[Symbol.dispose]();
    this.checkpoints[Symbol.dispose]();
    this.emitter.abandon(new AgentStopped('gone', 'the attempt has ended'));
    this.lines?.end();
  }

  private timeout(): BatonError {
    const seconds = Math.round(this.activity.info.startToCloseTimeoutMs / 100) / 10;
    return new BatonError('agent_timeout', `${this.place.step} took longer than its ${seconds} s`);
  }
}

function checkInput(agent: Agent, input: unknown): unknown {
  const parsed = agent.contract.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BatonError(
    'invalid_input',
    `the input of agent ${agent.contract.name} does not fit: ${issue?.path.join('.') || 'input'}: ${issue?.message ?? ''}`,
    { field: issue?.path.join('.') ?? '' },
  );
}
