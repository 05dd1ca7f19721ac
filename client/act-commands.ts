/** What ops do to a run. Each is done once, also where a reply is lost and it is sent again. */
import { expectObject, type Http, post, runPath } from './http.ts';
import type { CallOptions } from './http.ts';
import { newRequestId } from './new-request-id.ts';
import type { Edits, Prediction, RunView, Verification } from './types.ts';

export interface ActOptions extends CallOptions {
  /** The same command with the same id again does nothing. Made by the client when it is not given. */
  requestId?: string;
  /** The `lastSeq` that was looked at: where somebody has acted on the run since, `run_moved` {by, what, at}. */
  ifSeq?: number;
}

export interface ResetOptions extends ActOptions {
  edits?: Edits;
}

export interface ForkOptions extends ResetOptions {
  /** As in codesmith#2; without one the fork begins at the beginning. */
  step?: string;
  /** Of the new run. */
  id?: string;
}

export interface StepOptions extends ActOptions {
  /** As in codesmith#2. */
  step?: string;
}

export interface ForceOptions extends StepOptions {
  /** Also where the code of the workers does not fit the run, or none of them has said so. Its event says `forced`. */
  force?: boolean;
}

/** A command whose doings can be foretold. */
export type Foreseeable =
  | { command: 'retry' }
  | { command: 'resume'; edits?: Edits }
  | { command: 'reset'; step: string; edits?: Edits }
  | { command: 'fork'; step?: string; edits?: Edits }
  | { command: 'unpause' | 'retry-step'; step?: string };

export class ActCommands {
  protected readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  /** The same input once more. Errors: run_not_found, run_not_ended, run_moved. */
  retry(run: string, options: ActOptions = {}): Promise<RunView> {
    return this.#act(run, 'retry', {}, options);
  }

  /** An ended run goes on from the step that failed. Errors: run_not_found, run_not_ended, run_not_failed, run_moved. */
  resume(run: string, { edits, ...options }: ResetOptions = {}): Promise<RunView> {
    return this.#act(run, 'resume', { edits }, options);
  }

  /**
   * The run goes on from before the step (`codesmith#2`). Errors: run_not_found, step_unknown {steps}, step_expired,
   * invalid_input, invalid_state, invalid_answer {field}, run_moved.
   */
  reset(run: string, step: string, { edits, ...options }: ResetOptions = {}): Promise<RunView> {
    return this.#act(run, 'reset', { step, edits }, options);
  }

  /** A new run with the same past; this one is untouched. Errors: as of `reset`, and run_exists. */
  fork(run: string, { step, id, edits, ...options }: ForkOptions = {}): Promise<RunView> {
    return this.#act(run, 'fork', { step, id, edits }, options);
  }

  /** The run waits before its next decision; with a step, that step before its next attempt. Errors: run_ended, step_unknown. */
  pause(run: string, { step, reason, ...options }: StepOptions & { reason?: string } = {}): Promise<RunView> {
    return this.#act(run, 'pause', { step, reason }, options);
  }

  /** Errors: run_ended, not_paused, step_unknown; without `force` replay_failed {verdict, event, why}, not_verified. */
  unpause(run: string, { step, force, ...options }: ForceOptions = {}): Promise<RunView> {
    return this.#act(run, 'unpause', { step, force }, options);
  }

  /** The next attempt of a step that waits for it begins at once. Errors: run_ended, step_unknown {steps}; as of `unpause`. */
  retryStep(run: string, { step, force, ...options }: ForceOptions = {}): Promise<RunView> {
    return this.#act(run, 'retry-step', { step, force }, options);
  }

  /** At once; no agent cleans up. Errors: run_ended. */
  terminate(run: string, { reason, ...options }: ActOptions & { reason?: string } = {}): Promise<RunView> {
    return this.#act(run, 'terminate', { reason }, options);
  }

  /** What the command would repeat and ask again; nothing is done. Errors: those of the command. */
  async predict(run: string, { command, ...given }: Foreseeable, options: CallOptions = {}): Promise<Prediction> {
    const body = { ...given, dryRun: true };
    return expectObject(await post(this.http, run, command, body, { ...options, repeatable: true })) as Prediction;
  }

  /**
   * Whether the code of the workers still does what the run's stored histories say; the run is not touched. null: no
   * worker had it in time. Errors: run_not_found, forbidden.
   */
  async verify(run: string, { signal }: CallOptions = {}): Promise<Verification | null> {
    const call = { method: 'POST', body: {}, repeatable: true, ...(signal && { signal }) } as const;
    const { status, body } = await this.http.json(`${runPath(run)}/verify`, call);
    return status === 200 ? (expectObject(body) as unknown as Verification) : null;
  }

  async #act(run: string, action: string, command: object, options: ActOptions): Promise<RunView> {
    const { requestId = newRequestId(), ifSeq, signal } = options;
    const body = { ...command, requestId, ifSeq };
    const call = { repeatable: true, ...(signal && { signal }) };
    return expectObject(await post(this.http, run, action, body, call)) as RunView;
  }
}
