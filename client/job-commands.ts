/** Bulk jobs: one act on every run that fits a filter (role ops). */
import { ArchiveCommands } from './archive-commands.ts';
import { expectObject, type CallOptions, type HttpRequest } from './http.ts';
import type { Edits, Job, JobPreview, JobResult, RunStatus } from './types.ts';

/** As `RunFilter` has it, in JSON. */
export interface BulkFilter {
  status?: RunStatus | readonly RunStatus[];
  ids?: readonly string[];
  waiting?: boolean;
  [key: string]: unknown;
}

export interface BulkRequest {
  action:
    | 'retry'
    | 'resume'
    | 'reset'
    | 'fork'
    | 'pause'
    | 'unpause'
    | 'retry-step'
    | 'cancel'
    | 'terminate'
    | 'delete';
  /** The runs that are meant. Where it says nothing, `all` must be said. */
  filter?: BulkFilter;
  all?: true;
  /** Runs that are begun with in a second, 0.1 to 100. Default 10. */
  perSecond?: number;
  /** As in codesmith#2. Of reset (where it must be given), fork, pause, unpause and retry-step. */
  step?: string;
  /** Of resume, reset and fork. */
  edits?: Edits;
  /** Of pause, cancel and terminate. */
  reason?: string;
  /** Of unpause and retry-step: also where the code of the workers does not fit the run. */
  force?: boolean;
  /** Of delete: a run that has not ended is terminated first. */
  terminate?: boolean;
  /** Of cancel. */
  mode?: 'graceful' | 'now';
}

export class JobCommands extends ArchiveCommands {
  /**
   * While a job like it is open, the same request is that job: `created` is then false.
   * Errors: filter_needed, invalid_request {field}, forbidden.
   */
  async startJob(bulk: BulkRequest, options: CallOptions = {}): Promise<{ job: Job; created: boolean }> {
    const { status, body } = await this.#post(bulk, {}, options);
    return { job: expectObject(body) as unknown as Job, created: status === 201 };
  }

  /** How many runs it would be, and what it would repeat with the newest ones. Nothing is done. Errors: as of `startJob`. */
  async previewJob(bulk: BulkRequest, options: CallOptions = {}): Promise<JobPreview> {
    return expectObject((await this.#post(bulk, { dryRun: '1' }, options)).body) as unknown as JobPreview;
  }

  /** Errors: run_not_found. Its log, cancel and pause are those of the run of the same id. */
  async job(id: string, options: CallOptions = {}): Promise<Job> {
    return expectObject(await this.#read(jobPath(id), {}, options)) as unknown as Job;
  }

  /** Newest first. */
  jobs(options: CallOptions = {}): AsyncGenerator<Job, void, undefined> {
    return eachItem((page) => this.jobsPage({ ...options, ...page }));
  }

  async jobsPage({ signal, ...query }: CallOptions & PageQuery = {}): Promise<PageOf<Job>> {
    return expectObject(await this.#read('v1/jobs', query, { ...(signal && { signal }) })) as unknown as PageOf<Job>;
  }

  /** What came of each run so far, in the order in which they were acted on. Errors: run_not_found. */
  jobResults(id: string, options: CallOptions & OutcomeFilter = {}): AsyncGenerator<JobResult, void, undefined> {
    return eachItem((page) => this.jobResultsPage(id, { ...options, ...page }));
  }

  async jobResultsPage(
    id: string,
    { signal, ...query }: CallOptions & OutcomeFilter & PageQuery = {},
  ): Promise<PageOf<JobResult>> {
    const body = await this.#read(`${jobPath(id)}/results`, query, { ...(signal && { signal }) });
    return expectObject(body) as unknown as PageOf<JobResult>;
  }

  async #read(path: string, query: Query, { signal }: CallOptions): Promise<unknown> {
    return (await this.http.json(path, { query, repeatable: true, ...(signal && { signal }) })).body;
  }

  #post(body: BulkRequest, query: Query, { signal }: CallOptions): Promise<{ status: number; body: unknown }> {
    return this.http.json('v1/jobs', { method: 'POST', query, body, repeatable: true, ...(signal && { signal }) });
  }
}

type Query = NonNullable<HttpRequest['query']>;

interface OutcomeFilter {
  outcome?: JobResult['outcome'];
}

interface PageQuery {
  cursor?: string;
  limit?: number;
}

interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}

async function* eachItem<T>(ask: (page: PageQuery) => Promise<PageOf<T>>): AsyncGenerator<T, void, undefined> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: PageOf<T> = await ask(cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.nextCursor;
  }
}

function jobPath(id: string): string {
  return `v1/jobs/${encodeURIComponent(id)}`;
}
