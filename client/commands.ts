/** The commands and queries of the gateway's HTTP surface, one method each. */
import { deleteWaitMs, exportWaitMs } from '../protocol/limits.ts';
import { BatonClientError } from './errors.ts';
import type { ActOptions } from './act-commands.ts';
import { expectObject, post, runPath, type CallOptions, type HttpRequest } from './http.ts';
import { newRequestId } from './new-request-id.ts';
import { newRunId } from './new-run-id.ts';
import { LogCommands } from './log-commands.ts';
import { fetchEvents, type EventsPage } from './transports/polling-source.ts';
import type {
  AnswerOutcome,
  BlueprintView,
  Deletion,
  FailureGroups,
  Me,
  OwnerDeletion,
  Question,
  RunCount,
  RunStatus,
  RunSummary,
  RunView,
  Timeline,
} from './types.ts';

type Query = NonNullable<HttpRequest['query']>;

export interface StartOptions extends CallOptions {
  /** Letters, digits and . _ : -, at most 200. Made by the client when it is not given. */
  id?: string;
  /** True: the run waits, `pending`, until `begin`. */
  hold?: boolean;
  /** Is posted the run's questions and ends. Errors: webhooks_unavailable, target_forbidden. */
  webhook?: { url: string };
  /** Instead of an id: the same key and request again is the same run. */
  idempotencyKey?: string;
}

/** All that are given must hold. */
export interface RunFilter extends CallOptions {
  /** Any of these. */
  status?: RunStatus | readonly RunStatus[];
  blueprint?: string;
  owner?: string;
  /** These runs, at most 500. */
  ids?: readonly string[];
  /** The beginning of the id. */
  idPrefix?: string;
  /** The agent that works now. */
  agent?: string;
  /** Whether a question is open. */
  waiting?: boolean;
  /** What it failed with, in which step (`codesmith#2`, or `codesmith` for any), on which build of the worker. */
  code?: string;
  step?: string;
  build?: string;
  /** Forks of this run. */
  from?: string;
  /** ISO 8601; of its newest execution. */
  startedAfter?: string;
  startedBefore?: string;
  endedAfter?: string;
  endedBefore?: string;
  /** What the blueprint declares searchable in its input. */
  [attribute: `attr.${string}`]: string;
}

export interface QuestionFilter extends CallOptions {
  run?: string;
  kind?: string;
}

/** Which page of a list, and how many items at most. */
export interface PageOptions {
  cursor?: string;
  limit?: number;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface KnowledgeHit {
  url: string;
  title: string;
  text: string;
  score: number;
  run: string;
  /** Of the source in the knowledge store. */
  sourceId: string;
}

export class Commands extends LogCommands {
  /**
   * Starts a run, at most once: when the reply is lost, the repeated request is the same run.
   * `created` is false where the caller's id and input, or key, began it before.
   * Errors: blueprint_not_found, blueprint_unavailable, invalid_input, reserved_id, run_exists, id_taken.
   */
  async start(
    blueprint: string,
    input: unknown,
    options: StartOptions = {},
  ): Promise<{ run: RunView; created: boolean }> {
    const { signal, idempotencyKey, hold, webhook } = options;
    const isOwnId = options.id === undefined && idempotencyKey === undefined;
    const id = isOwnId ? newRunId(blueprint) : options.id;
    const { status, body } = await this.http.json('v1/runs', {
      method: 'POST',
      body: { blueprint, input, id, hold, webhook },
      repeatable: true,
      ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
      ...(signal && { signal }),
    });
    // Nobody else has this id: where the run is there already, it was the attempt whose reply was lost.
    return { run: expectObject(body) as RunView, created: status === 201 || isOwnId };
  }

  /** Begins a run that was started on hold. Errors: run_not_found, run_not_pending. */
  async begin(run: string, options: CallOptions = {}): Promise<void> {
    await post(this.http, run, 'begin', {}, options);
  }

  /** The next message of a session. Errors: run_not_found, run_not_ended, invalid_input, run_moved. */
  async message(run: string, input: unknown, options: ActOptions = {}): Promise<RunView> {
    const { requestId = newRequestId(), ifSeq, signal } = options;
    const call = { repeatable: true, ...(signal && { signal }) };
    return expectObject(await post(this.http, run, 'messages', { input, requestId, ifSeq }, call)) as RunView;
  }

  /** Again while it is being cancelled does nothing. Errors: run_not_found, run_ended. */
  async cancel(
    run: string,
    options: CallOptions & { reason?: string; mode?: 'graceful' | 'now'; ifSeq?: number } = {},
  ): Promise<void> {
    const { reason, mode, ifSeq, signal } = options;
    await post(this.http, run, 'cancel', { reason, mode, ifSeq }, { repeatable: true, ...(signal && { signal }) });
  }

  /**
   * `recorded`: it is safe, but no worker has taken it yet. `onBehalfOf`: whose answer it is (role ops).
   * Errors: question_not_found, invalid_answer {field}, question_closed {by, at}, answer_refused, forbidden, run_ended.
   */
  async answer(
    run: string,
    question: string,
    answer: unknown,
    { onBehalfOf, ...options }: CallOptions & { onBehalfOf?: string } = {},
  ): Promise<AnswerOutcome> {
    const path = `questions/${encodeURIComponent(question)}/answer`;
    return expectObject(await post(this.http, run, path, { answer, onBehalfOf }, options)) as AnswerOutcome;
  }

  /** Errors: run_not_found. */
  async state(run: string, options: CallOptions = {}): Promise<RunView> {
    return expectObject(await this.#get(runPath(run), {}, options)) as RunView;
  }

  /** What happened, step by step. `after`: `next` of the page before. Errors: run_not_found. */
  async timeline(
    run: string,
    { after, limit, ...options }: CallOptions & { after?: number; limit?: number } = {},
  ): Promise<Timeline> {
    return expectObject(await this.#get(`${runPath(run)}/timeline`, { after, limit }, options)) as unknown as Timeline;
  }

  /**
   * The run as a bundle, gzipped, for `baton open`; without its secrets, unless `raw` (role ops). A stream that fails was
   * not the whole. Errors: run_not_found, forbidden.
   */
  async export(
    run: string,
    { raw = false, signal }: CallOptions & { raw?: boolean } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const response = await this.http.send(`${runPath(run)}/export`, {
      stream: true,
      headers: { accept: '*/*' },
      query: raw ? { raw: '1' } : {},
      waitMs: exportWaitMs,
      ...(signal && { signal }),
    });
    return response.body ?? new Blob([]).stream();
  }

  /** Deletes a run for good, with all that it has stored (role ops). Again changes nothing. Errors: run_not_ended. */
  async delete(
    run: string,
    { terminate = false, signal }: CallOptions & { terminate?: boolean } = {},
  ): Promise<Deletion> {
    return expectObject(
      await this.#delete(runPath(run), terminate ? { terminate: '1' } : {}, signal),
    ) as unknown as Deletion;
  }

  /** Every run of an owner, where they are few, and what is kept for it beside them. Errors: too_many_runs, run_not_ended. */
  async deleteOwner(
    owner: string,
    { terminate = false, signal }: CallOptions & { terminate?: boolean } = {},
  ): Promise<OwnerDeletion> {
    const query = { owner, all: '1', ...(terminate && { terminate: '1' }) };
    return expectObject(await this.#delete('v1/runs', query, signal)) as unknown as OwnerDeletion;
  }

  /** Every run that fits, newest first, page by page as they are asked for. */
  list(filter: RunFilter = {}): AsyncGenerator<RunSummary, void, undefined> {
    return eachItem((page) => this.listPage({ ...filter, ...page }));
  }

  async listPage(options: RunFilter & PageOptions = {}): Promise<Page<RunSummary>> {
    return expectPage<RunSummary>(await this.#get('v1/runs', runQuery(options), options));
  }

  /** Runs as they stand now, by status. */
  async count(filter: RunFilter = {}): Promise<RunCount> {
    return expectObject(await this.#get('v1/runs/count', runQuery(filter), filter)) as unknown as RunCount;
  }

  /** Failed runs by error code, step and worker build, the largest group first. */
  async failures(filter: RunFilter = {}): Promise<FailureGroups> {
    return expectObject(await this.#get('v1/runs/groups', runQuery(filter), filter)) as unknown as FailureGroups;
  }

  /** Every open question that the token may see, oldest first. */
  questions(filter: QuestionFilter = {}): AsyncGenerator<Question, void, undefined> {
    return eachItem((page) => this.questionsPage({ ...filter, ...page }));
  }

  async questionsPage(options: QuestionFilter & PageOptions = {}): Promise<Page<Question>> {
    const { signal: _signal, ...query } = options;
    return expectPage<Question>(await this.#get('v1/questions', query, options));
  }

  /** Who the token makes of its bearer, with its roles. */
  async me(options: CallOptions = {}): Promise<Me> {
    return expectObject(await this.#get('v1/me', {}, options)) as unknown as Me;
  }

  async blueprints(options: CallOptions = {}): Promise<BlueprintView[]> {
    return expectPage<BlueprintView>(await this.#get('v1/blueprints', {}, options)).items;
  }

  /** One page of a run's log. `waitMs`: how long to wait for something to come. Errors: run_not_found, cursor_ahead. */
  events(
    run: string,
    options: CallOptions & { after?: number; limit?: number; waitMs?: number } = {},
  ): Promise<EventsPage> {
    return fetchEvents(this.http, run, options);
  }

  /** What was too large for an event. `range` is in bytes, both ends included. Errors: run_not_found, blob_not_found. */
  async blob(
    run: string,
    ref: string,
    options: CallOptions & { range?: { from: number; to?: number } } = {},
  ): Promise<{ type: string; bytes: ReadableStream<Uint8Array> }> {
    const { range, signal } = options;
    const response = await this.http.send(`${runPath(run)}/blobs/${encodeURIComponent(ref)}`, {
      stream: true,
      repeatable: true,
      headers: { accept: '*/*', ...(range && { range: `bytes=${range.from}-${range.to ?? ''}` }) },
      ...(signal && { signal }),
    });
    const bytes = response.body ?? new Blob([]).stream();
    return { type: response.headers.get('content-type') ?? 'application/octet-stream', bytes };
  }

  /** Full-text search over what crawls have stored, best first. */
  async search(q: string, options: CallOptions & { limit?: number } = {}): Promise<KnowledgeHit[]> {
    const query = { q, limit: options.limit };
    return expectPage<KnowledgeHit>(await this.#get('v1/knowledge/search', query, options)).items;
  }

  async #delete(path: string, query: Query, signal: AbortSignal | undefined): Promise<unknown> {
    const request = {
      method: 'DELETE' as const,
      query,
      repeatable: true,
      waitMs: deleteWaitMs,
      ...(signal && { signal }),
    };
    return (await this.http.json(path, request)).body;
  }

  async #get(path: string, query: Query, { signal }: CallOptions): Promise<unknown> {
    const { body } = await this.http.json(path, { query, repeatable: true, ...(signal && { signal }) });
    return body;
  }
}

/** The filter as a query string has it. */
export function runQuery(filter: RunFilter & PageOptions): Record<string, string> {
  const { signal: _, ...rest } = filter;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

async function* eachItem<T>(ask: (page: PageOptions) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await ask(cursor === null ? {} : { cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function expectPage<T>(body: unknown): Page<T> {
  const page = expectObject(body);
  if (!Array.isArray(page['items'])) throw new BatonClientError('bad_response', 'the answer is not a list');
  return { items: page['items'] as T[], nextCursor: (page['nextCursor'] as string | null | undefined) ?? null };
}
