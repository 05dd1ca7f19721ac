/**
 * What an agent is. How it is called (timeouts, attempts, queue) stands in the roster of the blueprint that calls it,
 * because a workflow cannot import a contract. The engine runs it inside an activity;
 * `agents/` holds one folder each.
 */
import type { AgentReturn } from './execution.ts';
import type { BlobRef } from './schemas/event.ts';
import type { QuestionDraft } from './schemas/question.ts';
import type { z } from 'zod';

/** What outsiders may know of an agent: its contract.ts. */
export interface AgentContract<Input = unknown, Output = unknown> {
  /** kebab-case; it is the Temporal activity type, and the first half of a step's name. */
  name: string;
  description: string;
  input: z.ZodType<Input>;
  output: z.ZodType<Output>;
  /** Default `baton`. Heavy agents name their own, so that they get workers of their own. */
  taskQueue?: string;
  /**
   * `live` (default): progress between first and last is told but not kept. `milestones`: told, and where an event is
   * emitted a whole percent later than the last one kept, an `agent.progressed` follows it (no signal of its own).
   * `durable`: each notification is an event.
   */
  progress?: 'live' | 'milestones' | 'durable';
  /** Whether running it again after it took effect does harm. Shown before a retry, a reset or a fork. */
  repeatable: boolean;
}

export interface AgentContext {
  run: string;
  step: string;
  attempt: number;
  owner: string | null;
  instructions: string | null;
  /** What agents and decisions before have put there. */
  context: Readonly<Record<string, unknown>>;
  /** What came back for what this step asked or delegated so far, oldest first. */
  returned: readonly AgentReturn[];
  /** Fires when the run is cancelled, when the attempt has timed out, and when the worker stops. */
  signal: AbortSignal;
  /** The same for every attempt of this step, after a reset too: give it to systems outside that deduplicate. */
  idempotencyKey: string;
  /** The same for every attempt of this step until the run is reset or retried: what is kept under it is of this work. */
  workId: string;
  /** The value of the last checkpoint of an earlier attempt, or of this step before it asked or delegated. */
  resumedFrom: unknown;
  /**
   * Tells progress: fraction in [0, 1] (clamped, never falling, over retries too) and what is being done.
   * Costs nothing: the newest is sent on by itself.
   */
  progress(fraction: number, message: string): void;
  /** Streamed text of a model: a live frame, never kept. */
  text(chunk: string): void;
  /**
   * Writes an event into the run's log: `agent.emitted {kind, ...data}`. In order; durable at the latest when the agent returns.
   * Data over 32 KiB is stored and replaced by a reference. Resolves when there is room for more.
   */
  emit(kind: string, data?: Record<string, unknown>): Promise<void>;
  /** Resolves when all that was emitted so far is durable. */
  settled(): Promise<void>;
  /** Survives a retry: comes back as `resumedFrom`. At most 64 KiB; newest wins. */
  checkpoint(value: unknown): void;
  /** Stores bytes of this run; the reference may be put into results and events. */
  storeBlob(bytes: Uint8Array, type: string): Promise<BlobRef>;
  readBlob(ref: BlobRef): Promise<Uint8Array>;
  log: AgentLog;
}

export interface AgentLog {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export type AgentResult<Output> =
  | {
      done: Output;
      update?: Record<string, unknown>;
      goto?: string;
      message?: string;
      /** Of models that the engine does not call itself. What it calls (`openModel`) it counts, and that count holds. */
      usage?: { inputTokens: number; outputTokens: number };
    }
  /** A person must answer first. The agent is run again with the answer in `returned`. */
  | { ask: QuestionDraft }
  /** Another agent of the blueprint must first do something. The agent is run again with its result in `returned`. */
  | { delegate: { agent: string; instructions: string; input?: unknown } };

export interface Agent<Input = unknown, Output = unknown> {
  contract: AgentContract<Input, Output>;
  run(ctx: AgentContext, input: Input): Promise<AgentResult<Output>>;
  /** Called once when the worker stops. */
  close?(): Promise<void>;
}

export function defineAgent<Input, Output>(agent: Agent<Input, Output>): Agent<Input, Output> {
  return agent;
}
