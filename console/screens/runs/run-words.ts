/** What a list says of a run. Pure. */
import type { RunSummary } from '../../../client/index.ts';

/** Where it is, or what it failed with. */
export function atWords({ current, failure, status }: Pick<RunSummary, 'current' | 'failure' | 'status'>): string {
  if (failure !== null) return failure.step === null ? failure.code : `${failure.code} in ${failure.step}`;
  if (current.length > 0) return current.join(', ');
  return status === 'pending' ? 'to begin' : '';
}

/** What a person is asked; that of the first question. */
export function waitWords({ openQuestions }: Pick<RunSummary, 'openQuestions'>): string {
  const [first, ...more] = openQuestions;
  if (first === undefined) return '';
  const words = first.message || first.kind;
  return more.length === 0 ? words : `${words} (and ${more.length} more)`;
}

/** How long it took, or has taken until now, in milliseconds. */
export function tookMs({ startedAt, endedAt }: Pick<RunSummary, 'startedAt' | 'endedAt'>, now: number): number {
  return Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}
