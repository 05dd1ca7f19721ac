/** What a blueprint is, on the workflow's side: a roster of agents and a policy that routes between them. Replayed. */
import type { StepOutcome } from '../../protocol/execution.ts';
import type { PlanStep, RunState } from '../../protocol/schemas/state.ts';

export type { StepOutcome } from '../../protocol/execution.ts';

/** How the blueprint calls one of its agents. */
export interface RosterEntry {
  /** What the agent does here, for a model that routes. Default: the description of its contract. */
  description?: string;
  /** Default: the supervisor's own. It must be the one that the agent's contract names. */
  taskQueue?: string;
  /** One attempt at most. Default 10 minutes. */
  timeoutMs?: number;
  /**
   * Default 3. Counts what the agent itself failed, not what a lost worker did. Faults of the input itself are not
   * retried, whatever this says.
   */
  maxAttempts?: number;
  /** Before the second attempt; doubles up to 30 s, or stays where it begins above that. Default 500. */
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

/** What a model has chosen. */
export interface Choice {
  /** One of the choices that it was given. */
  goto: string;
  /** May be empty. */
  instructions: string;
  /** Not empty. */
  reason: string;
  update?: Record<string, unknown>;
  /** Only for a guest: what it is called with. */
  input?: unknown;
}

/**
 * Routing by the configured language model, in the `decide` activity. All functions run inside the workflow: they must
 * be pure.
 */
export interface ModelRouting {
  /** What the run is for and how to choose, in words: the model reads it as it is. */
  brief: string;
  /**
   * Agents that it may choose now, and `end`. Default: the whole roster and `end`. null: the rules decide, and the
   * model is not asked.
   */
  choices?: (state: Readonly<RunState>, last: readonly StepOutcome[], runInput: unknown) => readonly string[] | null;
  /**
   * The model may also choose the tools of `MCP_SERVERS` (as the worker has them), wherever it is asked; they are called
   * so. Default: it may not.
   */
  guests?: RosterEntry;
  /** What choosing `end` means. Default: that the run is done. */
  end?: string;
  /** What the model is told of the task. Default: the run's input. */
  task?: (state: Readonly<RunState>, runInput: unknown) => unknown;
  /** The command that its choice stands for. Default: that agent with the instructions; at the end the last result. */
  command?: (choice: Choice, state: Readonly<RunState>, last: readonly StepOutcome[], runInput: unknown) => Command;
  /**
   * Where the model gives no choice that can be used (its errors: `model_refused`, `model_limited`, `model_failed`,
   * `model_malformed`): `fail` (default) ends the run so; `rules`: the policy makes this decision.
   */
  onFailure?: 'fail' | 'rules';
}

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
  /** The rules. Beside `model` they hold where no model is configured; null only there: nothing holds without one. */
  policy: Policy | null;
  model?: ModelRouting;
  limits?: Limits;
  /** Between a cancel and the end. Default 800. */
  graceMs?: number;
  /** `fail` (default): a failed agent fails the run. `route`: the policy sees it in `last`, and decides. */
  onAgentFailure?: 'fail' | 'route';
  /**
   * Where workers are versioned (BATON_VERSIONING): `auto-upgrade` (default): open runs go on on each new build, so a
   * change must be patched; `pinned`: a run ends on the build that it began on, and needs workers of it until then.
   */
  versioning?: 'pinned' | 'auto-upgrade';
  /** The run is fed from outside, by `publish` signals, and ends when one says so; no policy is asked. */
  relay?: boolean;
}

export function defineBlueprint(blueprint: Blueprint): Blueprint {
  if (!blueprint.policy && !blueprint.model) throw new Error(`blueprint ${blueprint.name} has no policy`);
  return blueprint;
}
