/** Lists from Temporal's visibility: no worker is asked. */
import { idsPerQuery, listPageMax } from '../../protocol/limits.ts';
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { RunStatus } from '../../protocol/schemas/state.ts';
import type { ListQuery, Page } from '../engine.ts';
import { hasReportedProblems } from '../history/history-service.ts';
import { openCursor, sealCursor } from './list-cursor.ts';
import { readMemoIfReadable, type RunContext } from './run-context.ts';
import { clauseOf, quote } from './runs-clause.ts';
import {
  endOf,
  keywordOf,
  listExecutions,
  millis,
  newestOnly,
  runOf,
  startOf,
  type ExecutionInfo,
  type VisibilityContext,
} from './visibility.ts';

/** Where most runs of a page have gone on, it is filled from the next ones. */
const pagesPerPage = 10;

/** Newest first. A run is listed once, as its newest execution has it. */
export async function listRuns(context: RunContext, query: ListQuery & { limit: number }): Promise<Page<RunSummary>> {
  const { infos, nextCursor } = await listExecutionsOfRuns(context, query);
  return { items: await Promise.all(infos.map((info) => summaryOf(context, info))), nextCursor };
}

/** The newest execution of each. */
export async function listExecutionsOfRuns(
  context: RunContext,
  query: ListQuery & { limit: number },
): Promise<{ infos: ExecutionInfo[]; nextCursor: string | null }> {
  const clause = clauseOf(query);
  const found: ExecutionInfo[] = [];
  let token = openCursor(query.cursor, clause);
  for (let page = 0; page < pagesPerPage && found.length < query.limit; page++) {
    const { infos, nextPageToken } = await listExecutions(context, clause, query.limit - found.length, token);
    found.push(...(await newestOnly(context, infos)));
    token = nextPageToken;
    if (token.length === 0) break;
  }
  return { infos: found, nextCursor: token.length === 0 ? null : sealCursor(token, clause) };
}

/** Run ids of these that have an execution which began after the moment, or which run now. */
export async function begunSince(
  context: VisibilityContext,
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
    const { infos } = await listExecutions(context, clause, idsPerQuery * 4);
    for (const info of infos) found.add(runOf(info));
  }
  return found;
}

/** Run ids of all executions that began after the moment; the newest ones, where there are very many. */
export async function allBegunSince(context: VisibilityContext, since: string): Promise<Set<string>> {
  const clause = `BatonBlueprint IS NOT NULL AND StartTime > ${quote(since)}`;
  const { infos } = await listExecutions(context, clause, listPageMax);
  return new Set(infos.map(runOf));
}

export async function summaryOf(context: RunContext, info: ExecutionInfo): Promise<RunSummary> {
  const run = runOf(info);
  const { face, origin } = await readMemoIfReadable(context, run, info.memo?.fields ?? {});
  const ended = endOf(info);
  const open = hasReportedProblems(info.searchAttributes) ? 'stuck' : (face?.status as RunStatus | undefined);
  const code = ended === 'failed' ? keywordOf(info, 'BatonErrorCode') : null;
  return {
    id: run,
    blueprint: info.type?.name ?? '',
    status: ended ?? open ?? 'running',
    owner: face?.owner ?? keywordOf(info, 'BatonOwner'),
    current: ended ? [] : (face?.current ?? []),
    progress: ended === 'completed' ? 1 : (face?.progress ?? 0),
    openQuestions: ended ? [] : (face?.openQuestions ?? []),
    startedAt: origin?.startedAt ?? new Date(startOf(info)).toISOString(),
    endedAt: ended ? new Date(millis(info.closeTime)).toISOString() : null,
    lastSeq: face?.lastSeq ?? 0,
    failure:
      code === null ? null : { code, step: keywordOf(info, 'BatonFailedStep'), build: keywordOf(info, 'BatonBuild') },
  };
}
