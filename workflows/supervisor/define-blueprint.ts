/** What a blueprint is, on the workflow's side: a roster of agents and a policy that routes between them. Replayed. */
import type { StepOutcome } from '../../protocol/execution.ts';
import type { PlanStep, RunState } from '../../protocol/schemas/state.ts';

export type { StepOutcome } from '../../protocol/execution.ts';

/** How the blueprint calls one of its agents. */
export interface RosterEntry {
  /** Default: the supervisor's own. It must be the one that the agent's contract names. */
  taskQueue?: string;
  /** One attempt at most. Default 10 minutes. */
  timeoutMs?: number;
  /**
   * Default 3. Counts what the agent itself failed, not what a lost worker did. Faults of the input itself are not
   * retried, whatever this says.
   */
  maxAttempts?: number;
  /** Before the second attempt; doubles up to 30 s. Default 500. */
  retryIntervalMs?: number;
  /** The agent's share of the run's progress, as [from, to] within [0, 1]. */
  span?: readonly [number, number];
  /** What the agent gets. Default: the input of the run. */
  input?: (state: Readonly<RunState>, runInput: unknown, branch: Branch) => unknown;
}

export interface Branch {
  agent: string;
  instructions?: string;
  /** Overrides the roster's `input`. */
  input?: unknown;
  /** The step of the plan that this call is. */
  planStep?: string;
}

/** What the supervisor does next. */
export interface Command {
  /** One agent, several at once, or the end. */
  goto: 'end' | Branch | Branch[];
  reason: string;
  /** Merged into the state's context. At most 32 KiB. */
  update?: Record<string, unknown>;
  /** A new plan. */
  plan?: PlanStep[];
  /** With `goto: 'end'`: the run's result; by default what the last agent returned. */
  result?: unknown;
  /** With `goto: 'end'`: the run fails so. */
  failure?: { code: string; message: string };
}

/**
 * Decides on the next command. `last` has the outcomes of the last command's branches, in their order; empty at first.
 * Runs inside the workflow: it must be pure.
 */
export type Policy = (state: Readonly<RunState>, last: readonly StepOutcome[], runInput: unknown) => Command;

export interface Limits {
  /** Decisions. Default 20. */
  iterations?: number;
  /** From the start, the message or the retry. Default: none. */
  wallTimeMs?: number;
  /** Input and output tokens of all models. Default: none. */
  modelTokens?: number;
  /**
   * `fail` (default): the run ends in a named failure, at once where its time is up. `ask`: between two steps a person
   * may grant as much again.
   */
  onLimit?: 'fail' | 'ask';
}

export interface Blueprint {
  /** The workflow type; the same as in its contract. */
  name: string;
  agents: Record<string, RosterEntry>;
  policy: Policy;
  limits?: Limits;
  /** Between a cancel and the end. Default 800. */
  graceMs?: number;
  /** `fail` (default): a failed agent fails the run. `route`: the policy sees it in `last`, and decides. */
  onAgentFailure?: 'fail' | 'route';
}

export function defineBlueprint(blueprint: Blueprint): Blueprint {
  return blueprint;
}
