/**
 * Runs counted by visibility, which knows executions: one that has failed stays there when its run goes on. Each
 * execution after it says what it follows (`BatonAfter`), so the runs that stand so now are the executions that ended so
 * less those that follow one.
 */
import { failureGroupsMax } from '../../protocol/limits.ts';
import type { FailureGroup, FailureGroups, RunCount, RunsFilter } from '../../protocol/schemas/runs-query.ts';
import { runStatuses, type RunStatus } from '../../protocol/schemas/state.ts';
import { translated } from '../history/history-service.ts';
import { clauseOf, endedExecutions, failureClause, lastingClauses, quote } from './runs-clause.ts';
import { afterValue } from './visible-attributes.ts';
import {
  countByExecutionStatus,
  countExecutions,
  keywordOf,
  listExecutions,
  millis,
  newestOnly,
  runOf,
  type ExecutionInfo,
  type VisibilityContext,
} from './visibility.ts';

/** Of failed executions, among which kinds are looked for. */
const lookPage = 100;
/** Of executions, for an example that has not gone on. */
const examplePage = 100;

export async function countRuns(context: VisibilityContext, filter: RunsFilter): Promise<RunCount> {
  const statuses = filter.status ?? runStatuses;
  const [retained, executions] = await Promise.all([retainedSince(context), executionsOf(context, filter)]);
  const counts = await Promise.all(
    statuses.map((status) => countOf(context, filter, status, { retained, executions })),
  );
  const byStatus: RunCount['byStatus'] = {};
  statuses.forEach((status, index) => {
    const count = counts[index] ?? 0;
    if (count > 0) byStatus[status] = count;
  });
  return { total: counts.reduce((sum, count) => sum + count, 0), byStatus };
}

/** Looks for failures of no kind that it knows, counts those of each kind, and goes on: the cost follows the kinds, not the runs. */
export async function failureGroups(context: VisibilityContext, filter: RunsFilter): Promise<FailureGroups> {
  const base = clauseOf({ ...filter, status: ['failed'] satisfies RunStatus[] });
  const [retained, kinds] = await Promise.all([retainedSince(context), failureKinds(context, base)]);
  const isNarrow = filter.code !== undefined || filter.step !== undefined || filter.build !== undefined;
  const [groups, ended] = await Promise.all([
    Promise.all([...kinds].map(([key, newest]) => groupOf(context, filter, { key, newest, base, retained }))),
    countExecutions(context, base),
  ]);
  // What an execution follows names all three at once: then there are groups alone.
  const all = isNarrow ? 0 : await standingOf(context, filter, 'failed', { retained, ended });
  const items = groups.filter((group) => group !== null).toSorted((a, b) => b.count - a.count);
  const grouped = items.reduce((sum, { count }) => sum + count, 0);
  return { items, ungrouped: Math.max(0, all - grouped) };
}

/** Kind of failure → the execution of it that ended last. */
async function failureKinds(context: VisibilityContext, base: string): Promise<ReadonlyMap<string, ExecutionInfo>> {
  const kinds = new Map<string, ExecutionInfo>();
  let known: number;
  do {
    known = kinds.size;
    const names = [...kinds.keys()].map(quote).join(', ');
    const others = known === 0 ? 'BatonFailure IS NOT NULL' : `BatonFailure NOT IN (${names})`;
    for (const info of (await listExecutions(context, `${base} AND ${others}`, lookPage)).infos) {
      const key = keywordOf(info, 'BatonFailure');
      if (key !== null && !kinds.has(key) && kinds.size < failureGroupsMax) kinds.set(key, info);
    }
  } while (kinds.size > known && kinds.size < failureGroupsMax);
  return kinds;
}

/** `newest`: that of its kind that ended last. null where all of them have gone on. */
async function groupOf(
  context: VisibilityContext,
  filter: RunsFilter,
  { key, newest, base, retained }: { key: string; newest: ExecutionInfo; base: string; retained: string },
): Promise<FailureGroup | null> {
  const after = `BatonAfter = ${quote(afterValue({ status: 'failed', failure: key }))}`;
  const [ended, goneOn, [standing]] = await Promise.all([
    countExecutions(context, failureClause(key, filter)),
    countExecutions(context, goneOnClause(filter, after, retained)),
    newestOnly(context, [newest]),
  ]);
  if (ended <= goneOn) return null;
  const example = standing ?? (await exampleOf(context, `${base} AND BatonFailure = ${quote(key)}`));
  if (!example) return null;
  return {
    code: keywordOf(newest, 'BatonErrorCode') ?? '',
    step: keywordOf(newest, 'BatonFailedStep'),
    build: keywordOf(newest, 'BatonBuild'),
    count: ended - goneOn,
    example: runOf(example),
    lastAt: new Date(millis(example.closeTime)).toISOString(),
  };
}

/** Execution status → executions that fit, but for the status that is asked for. */
function executionsOf(context: VisibilityContext, filter: RunsFilter): Promise<ReadonlyMap<string, number>> {
  return countByExecutionStatus(context, clauseOf({ ...filter, status: undefined }));
}

/** Looks again only where there are any: each look goes through all executions that fit. */
async function countOf(
  context: VisibilityContext,
  filter: RunsFilter,
  status: RunStatus,
  { retained, executions }: { retained: string; executions: ReadonlyMap<string, number> },
): Promise<number> {
  const { code, step, build } = filter;
  if (code !== undefined || step !== undefined || build !== undefined) {
    // What an execution follows names all three at once.
    if (status !== 'failed') return 0;
    return (await failureGroups(context, filter)).items.reduce((sum, { count }) => sum + count, 0);
  }
  const ended = endedExecutions[status];
  const there = executions.get(ended ?? 'Running') ?? 0;
  if (there === 0) return 0;
  if (ended === undefined) return await countExecutions(context, clauseOf({ ...filter, status: [status] }));
  return await standingOf(context, filter, status, { retained, ended: there });
}

/** `ended`: executions. Less those that a run has gone on from. */
async function standingOf(
  context: VisibilityContext,
  filter: RunsFilter,
  status: RunStatus,
  { retained, ended }: { retained: string; ended: number },
): Promise<number> {
  const after = `(BatonAfter = '${status}' OR BatonAfter STARTS_WITH '${status} ')`;
  return Math.max(0, ended - (await countExecutions(context, goneOnClause(filter, after, retained))));
}

/** Executions that follow one which fits the filter, and which visibility still has. */
function goneOnClause(filter: RunsFilter, after: string, retained: string): string {
  const { startedAfter, startedBefore, endedAfter, endedBefore } = filter;
  const clauses = [after, ...lastingClauses(filter), `BatonAfterAt > ${quote(retained)}`];
  if (startedAfter !== undefined) clauses.push(`BatonAfterStartedAt > ${quote(startedAfter)}`);
  if (startedBefore !== undefined) clauses.push(`BatonAfterStartedAt < ${quote(startedBefore)}`);
  if (endedAfter !== undefined) clauses.push(`BatonAfterAt > ${quote(endedAfter)}`);
  if (endedBefore !== undefined) clauses.push(`BatonAfterAt < ${quote(endedBefore)}`);
  return clauses.join(' AND ');
}

async function exampleOf(context: VisibilityContext, clause: string): Promise<ExecutionInfo | undefined> {
  let token = new Uint8Array();
  do {
    const { infos, nextPageToken } = await listExecutions(context, clause, examplePage, token);
    const [standing] = await newestOnly(context, infos);
    if (standing) return standing;
    token = new Uint8Array(nextPageToken);
  } while (token.length > 0);
  return undefined;
}

/** Executions that ended before this moment are deleted. */
async function retainedSince({ client, service }: VisibilityContext): Promise<string> {
  const { config } = await translated('', () =>
    client.workflowService.describeNamespace({ namespace: service.namespace }),
  );
  return new Date(Date.now() - millis(config?.workflowExecutionRetentionTtl)).toISOString();
}
