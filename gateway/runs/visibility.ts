/** Temporal's visibility, asked for executions: it lags behind by milliseconds, and knows no runs. */
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { idsPerQuery } from '../../protocol/limits.ts';
import type { RunStatus } from '../../protocol/schemas/state.ts';
import { fromSearchable } from '../../protocol/searchable-text.ts';
import { translated } from '../history/history-service.ts';
import type { RunContext } from './run-context.ts';
import { quote } from './runs-clause.ts';

export type VisibilityContext = Pick<RunContext, 'client' | 'service'>;
export type ExecutionInfo = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const { WorkflowExecutionStatus: S } = proto.temporal.api.enums.v1;

const endedByStatus: Readonly<Record<number, RunStatus>> = {
  [S.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'completed',
  [S.WORKFLOW_EXECUTION_STATUS_FAILED]: 'failed',
  [S.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'cancelled',
  [S.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'terminated',
  [S.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'timed_out',
};

/** Newest first. */
export async function listExecutions(
  { client, service }: VisibilityContext,
  query: string,
  pageSize: number,
  nextPageToken: Uint8Array = new Uint8Array(),
): Promise<{ infos: ExecutionInfo[]; nextPageToken: Uint8Array }> {
  const response = await translated('', () =>
    client.workflowService.listWorkflowExecutions({ namespace: service.namespace, query, pageSize, nextPageToken }),
  );
  return { infos: response.executions ?? [], nextPageToken: response.nextPageToken ?? new Uint8Array() };
}

export async function countExecutions({ client, service }: VisibilityContext, query: string): Promise<number> {
  const { count } = await translated('', () =>
    client.workflowService.countWorkflowExecutions({ namespace: service.namespace, query }),
  );
  return Number(count ?? 0);
}

/** Execution status, as in `Running` or `TimedOut` → how many. One look, whatever the number of statuses. */
export async function countByExecutionStatus(
  { client, service }: VisibilityContext,
  query: string,
): Promise<ReadonlyMap<string, number>> {
  const { groups } = await translated('', () =>
    client.workflowService.countWorkflowExecutions({
      namespace: service.namespace,
      query: `${query} GROUP BY ExecutionStatus`,
    }),
  );
  return new Map(
    (groups ?? []).map(({ groupValues, count }) => [
      String(defaultPayloadConverter.fromPayload(groupValues?.[0] ?? {})),
      Number(count ?? 0),
    ]),
  );
}

/** Without those that their run has gone on from, which would show it twice. */
export async function newestOnly(
  context: VisibilityContext,
  infos: readonly ExecutionInfo[],
): Promise<ExecutionInfo[]> {
  const isEnded = (info: ExecutionInfo) => info.status !== S.WORKFLOW_EXECUTION_STATUS_RUNNING;
  const ids = [...new Set(infos.filter(isEnded).map(runOf))];
  const newest = new Map<string, number>();
  const note = (info: ExecutionInfo) => newest.set(runOf(info), Math.max(newest.get(runOf(info)) ?? 0, startOf(info)));
  infos.forEach(note);
  const lots = Array.from({ length: Math.ceil(ids.length / idsPerQuery) }, (_, lot) =>
    ids.slice(lot * idsPerQuery, (lot + 1) * idsPerQuery),
  );
  await Promise.all(lots.map(async (lot) => (await executionsOfRuns(context, lot)).forEach(note)));
  return infos.filter((info) => newest.get(runOf(info)) === startOf(info));
}

/**
 * Without it the server asks for those of no division. Where all executions are in the index of that, SQLite takes it, and goes
 * through them.
 */
export const anyDivision = '(TemporalNamespaceDivision IS NULL OR TemporalNamespaceDivision IS NOT NULL)';

/** Of ended runs; none where each has but one, and so has not gone on. */
async function executionsOfRuns(context: VisibilityContext, ids: readonly string[]): Promise<ExecutionInfo[]> {
  if (ids.length === 1)
    return (await listExecutions(context, `WorkflowId = ${quote(ids[0] ?? '')} AND ${anyDivision}`, idsPerQuery)).infos;
  const clause = `WorkflowId IN (${ids.map(quote).join(', ')})`;
  // To count them takes a look at an index; to list several in order, SQLite goes through all executions that there are.
  if ((await countExecutions(context, `${clause} AND ${anyDivision}`)) === ids.length) return [];
  return (await listExecutions(context, clause, idsPerQuery * 4)).infos;
}

export function runOf({ execution }: ExecutionInfo): string {
  return execution?.workflowId ?? '';
}

/** Of an execution that has ended; undefined while it is open. */
export function endOf({ status }: Pick<ExecutionInfo, 'status'>): RunStatus | undefined {
  return endedByStatus[status ?? 0];
}

/** Epoch milliseconds. */
export function startOf({ startTime }: ExecutionInfo): number {
  return millis(startTime);
}

/** A keyword attribute, never encrypted; null where it has none. */
export function keywordOf({ searchAttributes }: Pick<ExecutionInfo, 'searchAttributes'>, name: string): string | null {
  const { data } = searchAttributes?.indexedFields?.[name] ?? {};
  const value: unknown = data ? JSON.parse(Buffer.from(data).toString('utf8')) : null;
  return typeof value === 'string' ? fromSearchable(value) : null;
}

export function millis(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}
