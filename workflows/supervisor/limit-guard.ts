/** A run's limits, and what becomes of them over continue-as-new. */
import { CancellationScope, sleep } from '@temporalio/workflow';
import { iterations as iterationsDefault } from '../../protocol/limits.ts';
import { askQuestion } from './ask-question.ts';
import type { StepOutcome } from './define-blueprint.ts';
import { failure } from './failure.ts';
import { interrupt } from './interruption.ts';
import type { Supervision } from './supervision.ts';

export interface Carry {
  /** Decisions allowed so far; a person may have granted more. */
  iterationsAllowed?: number;
  tokensAllowed?: number;
  /** Epoch milliseconds at which the time is up. */
  deadlineMs?: number;
  /** Outcomes of the last command before the continue-as-new. */
  last?: StepOutcome[];
  /** Somebody lets the run go on from its failure: it gets as much again of what it had used up. */
  granted?: boolean;
  /** No worker has the model that the gateway has. */
  modelMissing?: boolean;
  /** The newest decisions, for a model that routes. */
  decisions?: { goto: string; reason: string }[];
}

export function readCarry(value: unknown): Carry {
  return typeof value === 'object' && value !== null ? value : {};
}

export class LimitGuard {
  private iterationsAllowed: number;
  private tokensAllowed: number;
  private deadlineMs: number | undefined;
  private timer = new CancellationScope();

  private readonly run: Supervision;
  private readonly carried: Carry;

  constructor(run: Supervision, carried: Carry) {
    this.run = run;
    this.carried = carried;
    const { iterations = iterationsDefault, modelTokens = Number.POSITIVE_INFINITY } = run.blueprint.limits ?? {};
    const { iteration, usage } = run.log.state;
    const used = carried.granted === true ? { iteration, tokens: usage.inputTokens + usage.outputTokens } : null;
    this.iterationsAllowed = carried.iterationsAllowed ?? iterations + (used?.iteration ?? 0);
    this.tokensAllowed = carried.tokensAllowed ?? modelTokens + (used?.tokens ?? 0);
    this.deadlineMs = carried.deadlineMs;
  }

  carriedOutcomes(): StepOutcome[] {
    return this.carried.last ?? [];
  }

  carry(): Carry & Record<string, unknown> {
    return {
      iterationsAllowed: this.iterationsAllowed,
      ...(Number.isFinite(this.tokensAllowed) ? { tokensAllowed: this.tokensAllowed } : {}),
      ...(this.deadlineMs === undefined ? {} : { deadlineMs: this.deadlineMs }),
    };
  }

  /**
   * The time of a run counts from when it begins, not while it is on hold. It ends the run whatever that waits for;
   * where a person is asked, it is asked between steps, and what is under way ends first.
   */
  start(): void {
    const wallTimeMs = this.run.blueprint.limits?.wallTimeMs;
    if (wallTimeMs === undefined) return;
    this.deadlineMs ??= Date.now() + wallTimeMs;
    if (this.run.blueprint.limits?.onLimit === 'ask') return;
    const leftMs = Math.max(1, this.deadlineMs - Date.now());
    const expire = async () => {
      await sleep(leftMs);
      this.run.interruption = interrupt(this.run.interruption, { kind: 'limit', code: 'wall_time_limit' });
    };
    this.timer.run(expire).catch(() => undefined);
  }

  stop(): void {
    this.timer.cancel();
  }

  /** After `stop`: what has passed meanwhile does not count. */
  postpone(ms: number): void {
    if (this.deadlineMs !== undefined) this.deadlineMs += ms;
    this.timer = new CancellationScope();
    this.start();
  }

  /** Before each decision: fails the run, or asks a person for as much again. */
  async check(): Promise<void> {
    const { iterations = iterationsDefault, modelTokens = 0, wallTimeMs } = this.run.blueprint.limits ?? {};
    const { state } = this.run.log;
    if (state.iteration >= this.iterationsAllowed) {
      await this.grant('iteration_limit', `the run has taken ${state.iteration} decisions`);
      this.iterationsAllowed += iterations;
    }
    const tokens = state.usage.inputTokens + state.usage.outputTokens;
    if (tokens >= this.tokensAllowed) {
      await this.grant('budget_limit', `the run has used ${tokens} model tokens`);
      this.tokensAllowed += modelTokens;
    }
    if (wallTimeMs !== undefined && this.deadlineMs !== undefined && Date.now() >= this.deadlineMs) {
      await this.grant('wall_time_limit', `the run has taken its ${wallTimeMs} ms`);
      this.deadlineMs = Date.now() + wallTimeMs;
    }
  }

  private async grant(code: 'iteration_limit' | 'budget_limit' | 'wall_time_limit', what: string): Promise<void> {
    if (this.run.blueprint.limits?.onLimit !== 'ask') throw failure(code, what);
    const answered = await askQuestion(this.run, {
      kind: 'run.limit',
      message: `${what}. Shall it go on with as much again?`,
      context: { code },
      answerSchema: {
        type: 'object',
        properties: { continue: { type: 'boolean' } },
        required: ['continue'],
        additionalProperties: false,
      },
      choices: [
        { value: { continue: true }, label: 'Go on' },
        { value: { continue: false }, label: 'Stop here' },
      ],
    });
    if (answered === null) return;
    const answer = answered.answers[0]?.answer as { continue?: unknown } | undefined;
    if (answer?.continue !== true) throw failure(code, `${what}, and nobody granted more`);
  }
}
