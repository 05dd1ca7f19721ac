/**
 * What the surface (HTTP, WebSocket, SSE, dialects) may ask of the engine behind it: one page.
 * Errors are `BatonError`s with the codes named here; every method may also throw `temporal_down`.
 */
import type { Readable } from 'node:stream';
import type { Principal } from '../protocol/execution.ts';
import type { ArchivedRunView, ArchiveQuery } from '../protocol/schemas/archive.ts';
import type {
  AnswerOutcome,
  BlueprintView,
  CommandOptions,
  Edits,
  Prediction,
  RunSummary,
  StartCommand,
} from '../protocol/schemas/commands.ts';
import type { LogLines, RunLogsQuery, SystemLogsQuery } from '../protocol/schemas/agent-logs.ts';
import type { BlobRef, LiveFrame, RunEvent } from '../protocol/schemas/event.ts';
import type { Deletion, OwnerDeletion } from '../protocol/schemas/deletion.ts';
import type { Question } from '../protocol/schemas/question.ts';
import type { Job, RunAct } from '../protocol/schemas/jobs.ts';
import type { FailureGroups, RunCount, RunsFilter, RunsQuery } from '../protocol/schemas/runs-query.ts';
import type { RunStatus, RunView } from '../protocol/schemas/state.ts';
import type { Findings } from '../protocol/schemas/findings.ts';
import type { System } from '../protocol/schemas/system.ts';
import type { Timeline, TimelineQuery } from '../protocol/schemas/timeline.ts';
import type { KnowledgeHit } from '../stores/knowledge/search.ts';
import type { KnowledgeSource } from '../stores/knowledge/sources.ts';

export type { KnowledgeSource } from '../stores/knowledge/sources.ts';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type ListQuery = Omit<RunsQuery, 'status'> & { status?: readonly RunStatus[] | undefined };

export interface ResetCommand {
  step: string;
  edits?: Edits;
}

export type ForkCommand = Partial<ResetCommand> & { id?: string };

/** What lets a run's newest execution go on; forced, its event says so. */
export interface ForceableCommand {
  step?: string;
  force?: boolean;
}

/** A command whose doings can be foretold, and what it is given. */
export type Foreseeable =
  | { command: 'retry' }
  | { command: 'resume'; edits?: Edits }
  | ({ command: 'reset' } & ResetCommand)
  | ({ command: 'fork' } & ForkCommand)
  | { command: 'unpause' | 'retry-step'; step?: string };

export type { CommandOptions, Edits, Prediction } from '../protocol/schemas/commands.ts';

export interface StartOptions {
  /** The same key and request again is the same run. */
  idempotencyKey?: string;
  /** The dialect that starts it: ids with its prefix are its own. */
  dialect?: string;
}

/** What an outside publisher puts into the log of a relay run. */
export interface Publication {
  /** Of the event: `agent.emitted {kind, ...data}`. */
  kind: string;
  data: Record<string, unknown>;
  progress?: { fraction: number; message: string };
  /** The run ends with it. */
  end?: { status: 'completed'; result: unknown } | { status: 'failed'; message: string };
  /** The same again is written once. Default: made for this one. */
  requestId?: string;
}

/**
 * Commands and queries. Whose run it is has been checked already, except where a principal is an argument.
 * A command with `requestId` that comes again answers as the first time, and does nothing; the same id with another
 * command is `idempotency_conflict`. With `ifSeq` it is `run_moved {by, what, at, seq}` where somebody has acted on the
 * run after that seq. Whoever is second of two gets the same, also without `ifSeq`.
 */
export interface Runs {
  blueprints(): BlueprintView[];
  /**
   * Errors: blueprint_not_found, blueprint_unavailable, invalid_input, reserved_id, run_exists, id_taken,
   * idempotency_conflict. `created` is false where the same id and input (or the same key and request) began before.
   */
  start(command: StartCommand, by: Principal, options?: StartOptions): Promise<{ run: RunView; created: boolean }>;
  /** Errors: run_not_found, run_not_pending. */
  begin(run: string, by: Principal): Promise<void>;
  /**
   * The next message of a session: a new execution after the end; with `hold` it waits until it is begun. Errors: run_not_found, run_not_ended,
   * invalid_input, run_moved.
   */
  message(run: string, input: unknown, by: Principal, options?: CommandOptions & { hold?: boolean }): Promise<RunView>;
  /** The same input once more, from the beginning. Errors: run_not_found, run_not_ended, run_moved. */
  retry(run: string, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * An ended run goes on from the step that failed; where none did, from the decision after the last step.
   * Errors: run_not_found, run_not_ended, run_not_failed, invalid_input, invalid_state, run_moved.
   */
  resume(run: string, command: { edits?: Edits }, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * Open, ended or stuck. Errors: run_not_found, step_unknown {steps}, step_expired, invalid_input, invalid_state,
   * run_moved.
   */
  reset(run: string, command: ResetCommand, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * Errors: run_not_found, step_unknown {steps}, step_expired, invalid_input, invalid_state, reserved_id, run_exists,
   * run_moved.
   */
  fork(run: string, command: ForkCommand, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * Without a step the run waits before its next decision; what is under way ends first. With one, the step's attempt
   * ends with its checkpoint, and the next waits. Again: nothing happens. Resolves when it stands in the log, or, where
   * no worker takes it in time, when it is sure to. Errors: run_not_found, run_ended, step_unknown {steps}, run_moved.
   */
  pause(
    run: string,
    command: { step?: string; reason?: string },
    by: Principal,
    options?: CommandOptions,
  ): Promise<RunView>;
  /**
   * Errors: run_not_found, run_ended, not_paused, step_unknown {steps}, run_moved; without `force` replay_failed {verdict,
   * build, event, why} where the code of the workers does not fit the run, and not_verified where none has said so in time.
   */
  unpause(run: string, command: ForceableCommand, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * The next attempt of a step that waits for it begins at once; a paused one goes on. One that is at work: nothing
   * happens. Errors: run_not_found, run_ended, step_unknown {steps}, run_moved; replay_failed and not_verified as of
   * `unpause`.
   */
  retryStep(run: string, command: ForceableCommand, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * Any of these, without a look at what came of it: for whoever acts on many. The id of the run that goes on: a fork's
   * is new. Errors: those of the command.
   */
  act(run: string, act: RunAct, by: Principal, options?: CommandOptions): Promise<string>;
  /** What the command would repeat and ask again. Nothing is done. Errors: those of the command. */
  predict(run: string, command: Foreseeable): Promise<Prediction>;
  /** Again while cancelling: nothing happens. A stuck run is terminated. Errors: run_not_found, run_ended, run_moved. */
  cancel(
    run: string,
    command: { reason?: string; mode?: 'graceful' | 'now' },
    by: Principal,
    options?: CommandOptions,
  ): Promise<void>;
  /** At once, whatever it does; no agent cleans up. Errors: run_not_found, run_ended, run_moved. */
  terminate(run: string, command: { reason?: string }, by: Principal, options?: CommandOptions): Promise<RunView>;
  /**
   * Begins a run of the blueprint `relay` where the id is new. Resolves when it stands in the log, or, where no worker
   * takes it in time, when it is sure to. Errors: run_ended, run_exists (a run that is no relay), id_taken, reserved_id.
   */
  publish(run: string, publication: Publication, by: Principal, options?: { dialect?: string }): Promise<void>;
  /**
   * `onBehalfOf`: the answer counts as that person's; who gave it stands beside. Errors: run_not_found,
   * question_not_found, invalid_answer, question_closed {by, at}, answer_refused, run_ended.
   */
  answer(
    run: string,
    question: string,
    answer: unknown,
    by: Principal,
    options?: { onBehalfOf?: string },
  ): Promise<AnswerOutcome>;
  /** Asks the workflow, or folds the log where no worker answers in time. Errors: run_not_found. */
  state(run: string): Promise<RunView>;
  /** Its steps from the whole history, and what the server holds of it now. Errors: run_not_found. */
  timeline(run: string, query: TimelineQuery): Promise<Timeline>;
  /**
   * The run as a bundle, gzipped (gateway/bundle/bundle-format.ts): resolves when it is sure to be there, fails on the way
   * by destroying the stream. Errors: run_not_found, key_missing.
   */
  export(run: string, options: { redacts: boolean }): Promise<Readable>;
  /**
   * Every execution, blob, stored payload, archived file and crawled page of the run, for good. Again, or where there is
   * nothing: zeros. Errors: run_not_ended (without `terminate`).
   */
  delete(run: string, options: { terminate: boolean }, by: Principal): Promise<Deletion>;
  /**
   * The same of an owner's runs, and all that is kept for the owner beside them. Errors: too_many_runs (a job takes more),
   * run_not_ended.
   */
  deleteOwner(owner: string, options: { terminate: boolean }, by: Principal): Promise<OwnerDeletion>;
  /** Newest first. */
  list(query: ListQuery): Promise<Page<RunSummary>>;
  /** Bulk jobs, newest first; cheap, however long their logs are. */
  jobs(query: { cursor?: string; limit: number }): Promise<Page<Job>>;
  /** Archived runs, the one that ended last first. Errors: not_found (no archive), archive_damaged, archive_down. */
  archive(query: ArchiveQuery): Promise<Page<ArchivedRunView>>;
  /** Runs as they stand now: one that has gone on after a failure is not counted as failed. */
  count(filter: RunsFilter): Promise<RunCount>;
  /** Failed runs by error code, step and worker build. */
  failureGroups(filter: RunsFilter): Promise<FailureGroups>;
  /** Open questions over all runs, oldest first. */
  questions(query: {
    run?: string;
    kind?: string;
    owner?: string;
    cursor?: string;
    limit: number;
  }): Promise<Page<Question>>;
  /** Owner and existence in one cheap look. Errors: run_not_found. */
  owner(run: string): Promise<{ owner: string | null; blueprint: string }>;
  /** Bytes of a stored blob of the run. Errors: blob_not_found. */
  blob(run: string, ref: string): Promise<{ blob: BlobRef; read(from: number, to: number): Promise<Uint8Array> }>;
  /** Calls back for each run or question that changes, until it is closed. Coalesced to about one a second and run. */
  watch(
    query: { what: 'runs' | 'questions' } & RunsFilter,
    changed: (change: RunSummary | Question) => void,
  ): Disposable;
}

/** One event of a log, encoded at most once per codec. */
export interface LogEntry {
  readonly event: RunEvent;
  /** JSON of `event`, UTF-8. */
  readonly json: string;
  /** The bytes that `encode` makes of it, kept under `codec`. */
  encoded(codec: string, encode: (entry: LogEntry) => string): Uint8Array;
}

export interface FeedListener {
  /** There is something after the last seq that was read, or the end state has changed. Read on at your own pace. */
  more(): void;
  live(frame: LiveFrame): void;
  /** The log was disturbed from outside (Temporal's own reset): what lies in from..to may differ from what was read. */
  gap(from: number, to: number): void;
}

export interface LogPage {
  entries: readonly LogEntry[];
  /** What lies between the cursor and the first entry and cannot be had: past retention. */
  gap?: { from: number; to: number };
}

/** One watched run: however many watch it, its history is read once. */
export interface Feed extends Disposable {
  readonly run: string;
  /** The last seq that is durable and known here. */
  readonly lastSeq: number;
  /** True while the run's newest execution is closed. A run may go on after it. */
  readonly ended: boolean;
  /** Entries after the cursor, in order, from memory if they are there, else from the history. At most `limit`. */
  read(after: number, limit: number): Promise<LogPage>;
  /** The same, from memory only; null where the history would have to be asked. The path of a socket that keeps up. */
  readNow(after: number, limit: number): LogPage | null;
  /**
   * Resolves when `lastSeq` counts all that is durable at this moment, for readers who ask once. Rejects with the signal's
   * reason. Errors: run_not_found.
   */
  catchUp(signal: AbortSignal): Promise<void>;
  /** The fold of the log up to `lastSeq`. */
  view(): RunView;
  /** The newest live frame of each open step. */
  lives(): LiveFrame[];
  listen(listener: FeedListener): Disposable;
}

export interface Feeds {
  /** Opens or shares the feed of a run; dispose of it to let go. Resolves when the log so far is known. Errors: run_not_found. */
  open(run: string): Promise<Feed>;
  /**
   * Calls back with a run of one of these ids that begins or goes on from now on, whoever's it is, perhaps several times.
   * Whoever waits looks itself, after this was called, whether it is there already.
   */
  whenBegun(ids: readonly string[], begun: (run: string) => void): Disposable;
  /**
   * Calls back with the id of each run, anybody's, that begins or goes on from now on; with some more than once, and with
   * some that began a few seconds ago.
   */
  onBegun(begun: (run: string) => void): Disposable;
  /** Calls back when Temporal stops or starts answering. */
  onConnection(changed: (up: boolean) => void): Disposable;
}

/** What crawls have stored; with `owner` only what belongs to that owner's runs. */
export interface KnowledgePort {
  /** Best first. */
  search(query: { q: string; limit: number; owner?: string }): KnowledgeHit[];
  /** Newest first. */
  sources(filter: { owner?: string }): KnowledgeSource[];
  /** False where there is no such source, or it belongs to another owner. */
  remove(sourceId: string, filter: { owner?: string }): boolean;
  /** Calls back soon after any change of the sources, whichever process made it. */
  watch(changed: () => void): Disposable;
}

/** How the installation stands. Temporal that is away is no error: the answers say so. Many who ask cost one look. */
export interface SystemPort {
  standing(): Promise<Pick<System, 'temporal' | 'taskQueues'>>;
  /** All that this gateway can look at; at most half a minute old. */
  examine(): Promise<Findings>;
}

/** What agents have written with the log of their context: the newest lines of all, where workers share the data folder. */
export interface AgentLogs {
  /** Of its first lines on, unless the query says which. */
  ofRun(run: string, query: RunLogsQuery): LogLines;
  /** Over all runs: the newest page, unless the query says which. */
  ofAll(query: SystemLogsQuery): LogLines;
}

export interface Engine {
  runs: Runs;
  feeds: Feeds;
  knowledge: KnowledgePort;
  system: SystemPort;
  agentLogs: AgentLogs;
  /** Whether Temporal answers, within a second. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
