/** Lists from Temporal's visibility: no worker is asked. */
import proto, { type temporal } from '@temporalio/proto';
import { idsPerQuery, listPageMax } from '../../protocol/limits.ts';
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { RunStatus } from '../../protocol/schemas/state.ts';
import type { ListQuery, Page } from '../engine.ts';
import { hasReportedProblems, translated } from '../history/history-service.ts';
import { openCursor, sealCursor } from './list-cursor.ts';
import { readMemoIfReadable, type RunContext } from './run-context.ts';

type Info = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const { WorkflowExecutionStatus: S } = proto.temporal.api.enums.v1;

const endedByStatus: Readonly<Record<number, RunStatus>> = {
  [S.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'completed',
  [S.WORKFLOW_EXECUTION_STATUS_FAILED]: 'failed',
  [S.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'cancelled',
  [S.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'terminated',
  [S.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'timed_out',
};

const statusClauses: Readonly<Partial<Record<RunStatus, string>>> = {
  completed: "ExecutionStatus = 'Completed'",
  failed: "ExecutionStatus = 'Failed'",
  cancelled: "ExecutionStatus = 'Canceled'",
  terminated: "ExecutionStatus = 'Terminated'",
  timed_out: "ExecutionStatus = 'TimedOut'",
  stuck: "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL",
};

/** Newest first. A run is listed once, as its newest execution has it. */
export async function listRuns(
  context: RunContext,
  query: Partial<ListQuery> & { waiting?: boolean; limit: number },
): Promise<Page<RunSummary>> {
  const clause = clauseOf(query);
  const response = await visibility(context, clause, query.limit, openCursor(query.cursor, clause));
  const infos = await newestOnly(context, response.executions ?? []);
  const items = await Promise.all(infos.map((info) => summaryOf(context, info)));
  const token = response.nextPageToken ?? new Uint8Array();
  return { items, nextCursor: token.length === 0 ? null : sealCursor(token, clause) };
}

/** Run ids of these that have an execution which began after the moment, or which run now. */
export async function begunSince(
  context: Pick<RunContext, 'client' | 'service'>,
  runs: readonly string[],
  since: string | null,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let from = 0; from < runs.length; from += idsPerQuery) {
    const ids = runs
      .slice(from, from + idsPerQuery)
      .map(quote)
      .join(', ');
    const clause = `WorkflowId IN (${ids})${since === null ? '' : ` AND StartTime > ${quote(since)}`}`;
    const { executions } = await visibility(context, clause, idsPerQuery * 4);
    for (const info of executions ?? []) found.add(info.execution?.workflowId ?? '');
  }
  return found;
}

/** Run ids of all executions that began after the moment; the newest ones, where there are very many. */
export async function allBegunSince(
  context: Pick<RunContext, 'client' | 'service'>,
  since: string,
): Promise<Set<string>> {
  const { executions } = await visibility(
    context,
    `BatonBlueprint IS NOT NULL AND StartTime > ${quote(since)}`,
    listPageMax,
  );
  return new Set(executions?.map((info) => info.execution?.workflowId ?? ''));
}

async function visibility(
  { client, service }: Pick<RunContext, 'client' | 'service'>,
  query: string,
  pageSize: number,
  nextPageToken: Uint8Array = new Uint8Array(),
): Promise<temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse> {
  return translated('', () =>
    client.workflowService.listWorkflowExecutions({ namespace: service.namespace, query, pageSize, nextPageToken }),
  );
}

function clauseOf({ status, statuses, blueprint, owner, waiting }: Partial<ListQuery> & { waiting?: boolean }): string {
  const clauses = ["ExecutionStatus != 'ContinuedAsNew'", 'BatonBlueprint IS NOT NULL'];
  if (status !== undefined) clauses.push(statusClause(status));
  if (statuses !== undefined) clauses.push(`(${statuses.map((each) => `(${statusClause(each)})`).join(' OR ')})`);
  if (blueprint !== undefined) clauses.push(`WorkflowType = ${quote(blueprint)}`);
  if (owner !== undefined) clauses.push(`BatonOwner = ${quote(owner)}`);
  if (waiting === true) clauses.push("ExecutionStatus = 'Running' AND BatonWaiting = true");
  return clauses.join(' AND ');
}

function statusClause(status: RunStatus): string {
  return (
    statusClauses[status] ??
    `ExecutionStatus = 'Running' AND BatonStatus = ${quote(status)} AND TemporalReportedProblems IS NULL`
  );
}

/** An ended execution that the run has gone on from would show the run twice. */
async function newestOnly(context: RunContext, infos: readonly Info[]): Promise<Info[]> {
  const isEnded = (info: Info) => info.status !== S.WORKFLOW_EXECUTION_STATUS_RUNNING;
  const ids = [...new Set(infos.filter(isEnded).map((info) => info.execution?.workflowId ?? ''))];
  const newest = new Map<string, number>();
  const note = (info: Info) => {
    const id = info.execution?.workflowId ?? '';
    newest.set(id, Math.max(newest.get(id) ?? 0, startOf(info)));
  };
  infos.forEach(note);
  for (let from = 0; from < ids.length; from += idsPerQuery) {
    const list = ids
      .slice(from, from + idsPerQuery)
      .map(quote)
      .join(', ');
    const { executions } = await visibility(context, `WorkflowId IN (${list})`, idsPerQuery * 4);
    executions?.forEach(note);
  }
  return infos.filter((info) => newest.get(info.execution?.workflowId ?? '') === startOf(info));
}

async function summaryOf(context: RunContext, info: Info): Promise<RunSummary> {
  const run = info.execution?.workflowId ?? '';
  const { face, origin } = await readMemoIfReadable(context, run, info.memo?.fields ?? {});
  const ended = endedByStatus[info.status ?? 0];
  const open = hasReportedProblems(info.searchAttributes) ? 'stuck' : (face?.status as RunStatus | undefined);
  return {
    id: info.execution?.workflowId ?? '',
    blueprint: info.type?.name ?? '',
    status: ended ?? open ?? 'running',
    owner: face?.owner ?? ownerOf(info),
    current: ended ? [] : (face?.current ?? []),
    progress: ended === 'completed' ? 1 : (face?.progress ?? 0),
    openQuestions: ended ? [] : (face?.openQuestions ?? []),
    startedAt: origin?.startedAt ?? new Date(startOf(info)).toISOString(),
    endedAt: ended ? new Date(millis(info.closeTime)).toISOString() : null,
    lastSeq: face?.lastSeq ?? 0,
  };
}

/** Lists are filtered by it, and it is never encrypted. */
function ownerOf({ searchAttributes }: Info): string | null {
  const { data } = searchAttributes?.indexedFields?.['BatonOwner'] ?? {};
  const owner: unknown = data ? JSON.parse(Buffer.from(data).toString('utf8')) : null;
  return typeof owner === 'string' ? owner : null;
}

function startOf(info: Info): number {
  return millis(info.startTime);
}

function millis(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
