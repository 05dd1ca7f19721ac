/** A runs filter as a query of Temporal's visibility. */
import type { RunStatus } from '../../protocol/schemas/state.ts';
import { toSearchable } from '../../protocol/searchable-text.ts';
import type { RunsFilter } from '../../protocol/schemas/runs-query.ts';

export type ClauseFilter = Omit<RunsFilter, 'status'> & { status?: readonly RunStatus[] | undefined };

/** As visibility names the status of the execution; the other statuses are those of `Running` ones. */
export const endedExecutions: Readonly<Partial<Record<RunStatus, string>>> = {
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  timed_out: 'TimedOut',
};

/** Executions that fit. A run that has gone on has older ones among them. */
export function clauseOf(filter: ClauseFilter): string {
  return ["ExecutionStatus != 'ContinuedAsNew'", 'BatonBlueprint IS NOT NULL', ...clausesOf(filter)].join(' AND ');
}

/**
 * Executions that failed in this way and fit. Nothing is said of them that the way tells already: SQLite would go through all
 * that have failed, or all that there are, to count them. The attribute is there a moment before the end.
 */
export function failureClause(failure: string, filter: ClauseFilter): string {
  const clauses = [`BatonFailure = ${quote(failure)}`, "ExecutionStatus != 'Running'"];
  return [...clauses, ...clausesOf({ ...filter, status: undefined })].join(' AND ');
}

function clausesOf(filter: ClauseFilter): string[] {
  const clauses = lastingClauses(filter);
  const { status, waiting, agent, code, step, build, startedAfter, startedBefore, endedAfter, endedBefore } = filter;
  if (status !== undefined) clauses.push(anyOf(status.map((each) => statusClause(each))));
  if (waiting !== undefined) clauses.push(`ExecutionStatus = 'Running' AND BatonWaiting = ${waiting}`);
  if (agent !== undefined) clauses.push(`ExecutionStatus = 'Running' AND BatonAgent = ${quote(agent)}`);
  if (code !== undefined) clauses.push(`BatonErrorCode = ${quote(code)}`);
  if (step !== undefined)
    clauses.push(
      step.includes('#') ? `BatonFailedStep = ${quote(step)}` : `BatonFailedStep STARTS_WITH ${quote(`${step}#`)}`,
    );
  if (build !== undefined) clauses.push(`BatonBuild = ${quote(build)}`);
  if (startedAfter !== undefined) clauses.push(`StartTime > ${quote(startedAfter)}`);
  if (startedBefore !== undefined) clauses.push(`StartTime < ${quote(startedBefore)}`);
  if (endedAfter !== undefined) clauses.push(`CloseTime > ${quote(endedAfter)}`);
  if (endedBefore !== undefined) clauses.push(`CloseTime < ${quote(endedBefore)}`);
  return clauses;
}

/** Of what holds for all executions of a run alike. */
export function lastingClauses(filter: ClauseFilter): string[] {
  const { blueprint, owner, ids, idPrefix, from } = filter;
  const clauses = [];
  if (blueprint !== undefined) clauses.push(`WorkflowType = ${quote(blueprint)}`);
  if (owner !== undefined) clauses.push(`BatonOwner = ${quote(owner)}`);
  if (ids !== undefined) clauses.push(`WorkflowId IN (${ids.map(quote).join(', ')})`);
  if (idPrefix !== undefined) clauses.push(`WorkflowId STARTS_WITH ${quote(idPrefix)}`);
  if (from !== undefined) clauses.push(`BatonFrom = ${quote(from)}`);
  for (const [key, value] of Object.entries(filter)) {
    if (key.startsWith('attr.') && typeof value === 'string')
      clauses.push(`BatonAttributes = ${quote(`${key.slice('attr.'.length)}=${value}`)}`);
  }
  return clauses;
}

/** A stuck run is `running` for itself. */
export function statusClause(status: RunStatus): string {
  const ended = endedExecutions[status];
  if (ended !== undefined) return `ExecutionStatus = '${ended}'`;
  if (status === 'stuck') return "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL";
  return `ExecutionStatus = 'Running' AND BatonStatus = ${quote(status)} AND TemporalReportedProblems IS NULL`;
}

export function anyOf(clauses: readonly string[]): string {
  return `(${clauses.map((clause) => `(${clause})`).join(' OR ')})`;
}

export function quote(value: string): string {
  return `'${toSearchable(value).replaceAll("'", String.raw`\'`)}'`;
}
