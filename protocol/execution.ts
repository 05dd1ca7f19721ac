/**
 * What travels between gateway, workflow and activity inside Temporal: inputs, signals, memo keys, search attributes.
 * Plain types and constants: the workflow bundle imports this file.
 */
import { activitySummaryCharacters } from './limits.ts';
import type { BlobRef, EventDraft } from './schemas/event.ts';
import type { QuestionDraft } from './schemas/question.ts';
import type { RunState } from './schemas/state.ts';

/** What begins an execution: its first event. `data` is without the input, which the execution has beside it. */
export interface Cause extends EventDraft {
  type: 'run.started' | 'run.reset' | 'run.retried' | 'run.continued';
}

/** The one argument of every blueprint's workflow. */
export interface ExecutionInput {
  /** The next seq of the log. */
  seq: number;
  /** The state before the cause; null at the first start of a run. */
  state: RunState | null;
  /** Temporal run id of the execution before this one, unless it continued as new; null at the first start. */
  predecessor: string | null;
  /** null for a continue-as-new that only shortens the history: nobody sees it. */
  cause: Cause | null;
  /** The run's whole input. Events and states may hold it cut (see cut-data.ts), agents get it as it was given. */
  input: unknown;
  /** Whether the gateway that began the execution has a language model. Without the key there is none. */
  model?: true;
  /** What the supervisor keeps beside the state over a continue-as-new or a reset: counters, the last steps' outcomes. */
  carry?: Record<string, unknown>;
}

export const signals = {
  emit: 'emit',
  answer: 'answer',
  cancel: 'cancel',
  begin: 'begin',
  reset: 'reset',
  publish: 'publish',
  steer: 'steer',
} as const;

/** `emit`: n = 1, 2, 3 … within an attempt of a step; one in flight at a time. */
export type EmitSignal = { step: string; attempt: number; n: number } & (
  | { events: EventDraft[] }
  /** Events that were stored as one blob (a JSON array of drafts) because the execution's share of history is used up. */
  | { stored: BlobRef; count: number }
);

export interface Principal {
  name: string;
  roles: string[];
  /** False where authentication is off: everybody is then `anonymous`, and each counts. */
  authenticated: boolean;
  /** The token is good for this one task of the dialect `scam`, and for nothing else. */
  onlyTask?: string;
  /** The way in: `http`, `ws`, `cli`, or a dialect's name. */
  via?: string;
  /** The client's address. */
  from?: string;
}

/** Who did it, as events and causes say it. */
export interface Actor {
  by: string;
  via?: string;
  from?: string;
}

/** The part of a principal that goes into the log. */
export function actorOf({ name, via, from }: Principal): Actor {
  return { by: name, ...(via === undefined ? {} : { via }), ...(from === undefined ? {} : { from }) };
}

export interface AnswerSignal {
  question: string;
  answer: unknown;
  by: Principal;
  /** Whose answer it is, where somebody else gives it. */
  onBehalfOf?: string;
  at: string;
  /** Names this answer in the log, so that whoever sent it finds its outcome. */
  requestId: string;
}

export interface CancelSignal extends Actor {
  reason: string | null;
  mode: 'graceful' | 'now';
}

/** Pauses the run, or lets it go on; for steps it says in the log what the gateway does to their activity. */
export interface SteerSignal extends Actor {
  what: 'pause' | 'unpause' | 'pause-step' | 'unpause-step' | 'retry-step';
  /** Of the last three. */
  step?: string;
  reason?: string;
  /** It was wanted whether the code of the workers fits the run or not. */
  forced?: true;
  /** A signal that was sent twice is taken once. */
  request: string;
}

/** What a repeated step gets where it asks again what somebody has answered; in `carry.restored`. */
export interface RestoredAnswers {
  /** The question that was answered. */
  question: string;
  /** null: asked between steps. */
  step: string | null;
  /** Which of the step's questions it is, from 0. */
  index: number;
  kind: string;
  answers: { by: string; answer: unknown }[];
  /** Nobody had answered in time, and nobody has said otherwise since. */
  expired?: true;
}

/** An open run goes on from an earlier state: the gateway has folded the log up to the step. */
export interface ResetSignal {
  cause: Cause & { type: 'run.reset' };
  state: RunState;
  /** The run's input from now on. */
  input: unknown;
  /** As in `ExecutionInput`. */
  carry?: Record<string, unknown>;
}

/** What an outside publisher puts into the log of a relay: `agent.emitted {kind, ...data, request}`. */
export interface PublishSignal {
  /** A publication that was sent twice is written once. */
  requestId: string;
  by: Principal;
  at: string;
  kind: string;
  data: Record<string, unknown>;
  /** The run's progress, in [0, 1], and what is being done. */
  progress?: { fraction: number; message: string };
  /** The run ends with this publication; later ones are not taken. */
  end?: { status: 'completed'; result: unknown } | { status: 'failed'; message: string };
}

/** Memo keys. `batch` carries events where no activity follows that they could ride on (its second argument); `face` is what lists show; `origin` says what the run was started with. */
export const memoKeys = { batch: 'batch', face: 'face', origin: 'origin' } as const;

export interface Batch {
  first: number;
  events: EventDraft[];
}

/** The public face of a run in lists; at most a few hundred bytes. */
export interface RunFace {
  blueprint: string;
  status: string;
  owner: string | null;
  current: string[];
  progress: number;
  openQuestions: { id: string; kind: string; message: string }[];
  lastSeq: number;
}

/** Search attributes: name → Temporal's type. The server's set-up creates them. */
export const searchAttributes = {
  BatonBlueprint: 'KEYWORD',
  BatonStatus: 'KEYWORD',
  BatonOwner: 'KEYWORD',
  BatonAgent: 'KEYWORD_LIST',
  BatonFailedStep: 'KEYWORD',
  BatonErrorCode: 'KEYWORD',
  BatonWaiting: 'BOOL',
  /** Build of the worker that a run failed on. */
  BatonBuild: 'KEYWORD',
  /** `code step build` of a failed run, to group by. */
  BatonFailure: 'KEYWORD',
  /** Of a fork: the run that it comes from. */
  BatonFrom: 'KEYWORD',
  /** `name=value`: what the blueprint declares searchable in its input. */
  BatonAttributes: 'KEYWORD_LIST',
  /** Of an execution that its run has gone on to: how the one before ended (`failed code step build`), and when. */
  BatonAfter: 'KEYWORD',
  BatonAfterAt: 'DATETIME',
  BatonAfterStartedAt: 'DATETIME',
} as const;

/** Task queue of the supervisor and of agents that name none. */
export const defaultTaskQueue = 'baton';

/**
 * Summary of an agent's activity, in its history and in Temporal's own UI: readers know by it whose activity it is, and need not
 * decode the input, which may be large. None where it would be too long.
 */
export function activitySummary({ step, attemptBase }: Pick<AgentTask, 'step' | 'attemptBase'>): { summary?: string } {
  const summary = attemptBase === 0 ? step : `${step} after attempt ${attemptBase}`;
  return summary.length > activitySummaryCharacters ? {} : { summary };
}

/** null: of another activity, from before there were summaries, or of a name that it can't be told from. */
export function readActivitySummary(summary: unknown): Pick<AgentTask, 'step' | 'attemptBase'> | null {
  const [, step, attempts = '0'] =
    (typeof summary === 'string' && /^(\S+#\d+)(?: after attempt (\d+))?$/.exec(summary)) || [];
  return step === undefined ? null : { step, attemptBase: Number(attempts) };
}

/** Input of an agent's activity. */
export interface AgentTask {
  run: string;
  agent: string;
  step: string;
  /** Attempts that this step has already used in earlier activities (before a question or a delegation). */
  attemptBase: number;
  instructions: string | null;
  input: unknown;
  context: Record<string, unknown>;
  /** What came back for what the agent asked or delegated, oldest first. */
  returned: AgentReturn[];
  /** The last checkpoint of the activity before, when there was one. */
  checkpoint?: unknown;
  /** Attempts that the agent itself may fail. Lost and stopped workers do not count; Temporal's own policy is above it. */
  maxAttempts?: number;
  /** Progress never falls below this. */
  progress: number;
  /** Signals and bytes that this activity may still spend on emits in this execution. */
  emitBudget: { signals: number; bytes: number };
  /** Who is the run's owner: blobs and knowledge are checked against it. */
  owner: string | null;
}

/** How a step ended. */
export type StepOutcome = { agent: string; step: string } & (
  | { status: 'completed'; result: unknown; goto?: string }
  | { status: 'failed'; error: { code: string; message: string } }
);

export type AgentReturn =
  | { kind: 'answer'; question: string; answers: { by: string; answer: unknown }[]; expired: boolean }
  | { kind: 'delegation'; agent: string; result: unknown };

/** Result of an agent's activity. */
export type AgentOutcome = {
  /** The attempt that came to this outcome, counted over the whole step. */
  attempt: number;
  /** The highest progress that was reported. */
  progress: number;
  emitted: { signals: number; bytes: number };
  checkpoint?: unknown;
  /** Model tokens of all attempts of the activity. */
  usage?: { inputTokens: number; outputTokens: number };
} & (
  | {
      kind: 'done';
      result: unknown;
      resultBytes: number;
      update?: Record<string, unknown>;
      goto?: string;
      message?: string;
    }
  | { kind: 'ask'; question: QuestionDraft }
  | { kind: 'delegate'; agent: string; instructions: string; input?: unknown }
);

/** Input of the `decide` activity. */
export interface DecisionTask {
  run: string;
  /** The decision's number within its execution chain, as `iteration` of its event. */
  iteration: number;
  brief: string;
  /** Without a description: that of the agent's contract. */
  choices: { name: string; description?: string }[];
  /** Whether the tools of `MCP_SERVERS` are choices, too: the worker knows them. */
  guests?: true;
  /** The state in brief. */
  situation: Situation;
}

/** What a deciding model is told of a run; every text is cut. */
export interface Situation {
  task: string;
  iteration: number;
  context: Record<string, string>;
  agents: { name: string; status: string; calls: number }[];
  /** What people have answered. */
  answers: { kind: string; answer: string }[];
  /** Decisions of this run before, oldest first. */
  decisions: { goto: string; reason: string }[];
  /** How the steps of the last decision ended. */
  last: { agent: string; step: string; status: string; outcome: string }[];
}

/** Result of the `decide` activity. */
export type DecisionOutcome =
  | { kind: 'unavailable' }
  | ({ model: string; usage: { inputTokens: number; outputTokens: number }; calls: number } & (
      | {
          kind: 'chosen';
          goto: string;
          instructions: string;
          reason: string;
          update?: Record<string, unknown>;
          /** That agent is none of the roster: how it is called. */
          guest?: { input: unknown; taskQueue?: string };
        }
      | { kind: 'failed'; error: { code: string; message: string } }
    ));
