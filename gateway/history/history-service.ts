/** The few calls of Temporal's service that reading runs takes. */
import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';
import { BatonError } from '../../protocol/errors.ts';
import { lookUpsAtOnce, stuckWorkflowTaskAttempts } from '../../protocol/limits.ts';
import { CallLimit } from './call-limit.ts';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface HistoryPage {
  events: HistoryEvent[];
  /** Empty at the end of a closed execution. */
  nextPageToken: Uint8Array;
}

export interface Described {
  runId: string;
  firstRunId: string;
  isRunning: boolean;
  /** Entries that the history had at that moment. */
  historyLength: number;
  /** It runs, but its workflow task keeps failing: without help it goes on no more. */
  isStuck: boolean;
  memo: Record<string, temporal.api.common.v1.IPayload>;
  workflowType: string;
  pendingActivities: temporal.api.workflow.v1.IPendingActivityInfo[];
  /** The build of versioned workers that it stays on; null: it goes on on whichever is current. */
  pinnedTo: { deploymentName: string; buildId: string } | null;
  /** Temporal has forgotten it. */
  isArchived?: true;
  /** As lists have it. */
  info: temporal.api.workflow.v1.IWorkflowExecutionInfo;
}

/** Above the server's own long poll of 20 s. */
const longPollDeadlineMs = 60_000;
const callDeadlineMs = 10_000;

/** gRPC status code. */
const notFound = 5;
const invalidArgument = 3;

/** What reading a run takes. Besides Temporal, files can give it. */
export type HistoryReading = Pick<HistoryService, 'page' | 'describe'>;

/** What is known of runs that Temporal knows no more. */
export interface Past {
  /** The whole history of an execution, which is closed; null where it isn't archived. */
  history(run: string, runId: string): Promise<HistoryEvent[] | null>;
  /** The newest archived execution of the run, or the one that is named; null where there is none. Errors: run_expired. */
  describe(run: string, runId?: string): Promise<temporal.api.workflow.v1.IWorkflowExecutionInfo | null>;
}

const nothing: Past = { history: () => Promise.resolve(null), describe: () => Promise.resolve(null) };

/** Of Temporal, and of what it has forgotten: no reader needs to know which. */
export class HistoryService {
  private readonly client: Client;
  private readonly past: Past;
  private readonly lookUps = new CallLimit({ atOnce: lookUpsAtOnce, waitMs: callDeadlineMs });

  constructor(client: Client, past: Past = nothing) {
    this.client = client;
    this.past = past;
  }

  get namespace(): string {
    return this.client.options.namespace;
  }

  /** One page after the token. `wait`: at the end of an open execution, waits for more; may come back empty. */
  async page(
    run: string,
    runId: string,
    nextPageToken: Uint8Array,
    { wait, signal }: { wait: boolean; signal?: AbortSignal },
  ): Promise<HistoryPage> {
    const request = {
      namespace: this.namespace,
      execution: { workflowId: run, runId },
      nextPageToken,
      waitNewEvent: wait,
      skipArchival: true,
    };
    const call = () =>
      this.client.connection.withDeadline(Date.now() + (wait ? longPollDeadlineMs : callDeadlineMs), () =>
        this.client.workflowService.getWorkflowExecutionHistory(request),
      );
    const isFirst = nextPageToken.length === 0;
    const response = await orPast(
      translated(run, () => (signal ? this.client.connection.withAbortSignal(signal, call) : call())),
      async () => (isFirst ? await this.past.history(run, runId) : null),
    );
    if (Array.isArray(response)) return { events: response, nextPageToken: new Uint8Array() };
    return { events: response.history?.events ?? [], nextPageToken: response.nextPageToken ?? new Uint8Array() };
  }

  /** The newest execution of the run, or the one that is named. */
  async describe(run: string, runId?: string): Promise<Described> {
    return await this.describeBy(Date.now() + callDeadlineMs, run, runId);
  }

  /** For ids that crowds ask for, most of which there are not: a few at once, in turn. Errors: run_not_found, temporal_down. */
  async lookUp(run: string): Promise<Described> {
    return await this.lookUps.run((deadlineMs) => this.describeBy(deadlineMs, run));
  }

  private async describeBy(deadlineMs: number, run: string, runId?: string): Promise<Described> {
    const describing = translated(run, () =>
      this.client.connection.withDeadline(deadlineMs, () =>
        this.client.workflowService.describeWorkflowExecution({
          namespace: this.namespace,
          execution: { workflowId: run, ...(runId === undefined ? {} : { runId }) },
        }),
      ),
    );
    const response = await orPast(describing, async () => {
      const workflowExecutionInfo = await this.past.describe(run, runId);
      return workflowExecutionInfo && { workflowExecutionInfo, isArchived: true as const };
    });
    const isArchived = 'isArchived' in response;
    if (isArchived) return { ...described(response), isArchived };
    return described(response);
  }
}

function described(response: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse): Described {
  const info = response.workflowExecutionInfo;
  const isRunning =
    info?.status === proto.temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  const attempt = response.pendingWorkflowTask?.attempt ?? 1;
  return {
    runId: info?.execution?.runId ?? '',
    firstRunId: info?.firstRunId ?? '',
    isRunning,
    historyLength: Number(info?.historyLength ?? 0),
    isStuck: isRunning && (attempt >= stuckWorkflowTaskAttempts || hasReportedProblems(info?.searchAttributes)),
    memo: info?.memo?.fields ?? {},
    workflowType: info?.type?.name ?? '',
    pendingActivities: response.pendingActivities ?? [],
    pinnedTo: pinnedTo(info?.versioningInfo),
    info: info ?? {},
  };
}

function pinnedTo(
  versioning: temporal.api.workflow.v1.IWorkflowExecutionVersioningInfo | null | undefined,
): Described['pinnedTo'] {
  const { behavior, deploymentVersion } = versioning ?? {};
  const isPinned = behavior === proto.temporal.api.enums.v1.VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
  const { deploymentName, buildId } = deploymentVersion ?? {};
  return isPinned && deploymentName && buildId ? { deploymentName, buildId } : null;
}

/** What is there no more may be in the past. */
async function orPast<T, P>(asking: Promise<T>, past: () => Promise<P | null>): Promise<T | P> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
    const found = await past();
    if (found === null) throw error;
    return found;
  }
}

/** Temporal has it no more, or never had: whoever begins anew under the id may. */
export function isGone(error: unknown): boolean {
  return error instanceof BatonError && (error.code === 'run_not_found' || error.code === 'run_expired');
}

/**
 * Whether the server says that the workflow task keeps failing. It says so until one succeeds, where the count of
 * attempts begins again when a signal comes in.
 */
export function hasReportedProblems(attributes: temporal.api.common.v1.ISearchAttributes | null | undefined): boolean {
  const { data } = attributes?.indexedFields?.['TemporalReportedProblems'] ?? {};
  return data ? Buffer.from(data).includes('category=') : false;
}

/** Turns what the service says into errors of ours: a run that is not there, a Temporal that does not answer. */
export async function translated<T>(run: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(run, error);
  }
}

export function translate(run: string, error: unknown): unknown {
  if (error instanceof ServiceError && error.cause !== undefined) return translate(run, error.cause);
  if (!isGrpcServiceError(error)) return error;
  // In the words of the guard, which says so of others' runs: the two must not be told apart.
  if (error.code === notFound)
    return new BatonError(
      'run_not_found',
      `there is no run ${run}, or it is past retention`,
      { run },
      { cause: error },
    );
  if (error.code === invalidArgument) {
    return new BatonError(
      'internal',
      `Temporal refused a request about run ${run}: ${error.details}`,
      { run },
      { cause: error },
    );
  }
  const said = error.details || error.message;
  return new BatonError('temporal_down', `Temporal did not answer: ${said}`, {}, { cause: error });
}
