/** Jobs in words. Pure. */
import type { Job, JobPreview } from '../../../client/index.ts';
import { endedStatuses } from '../../../client/index.ts';
import { lineOf } from '../runs/run-search.ts';

/** The filter of a job as the address of a list has it. */
export function searchOf(filter: Job['filter']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

export function filterWords(filter: Job['filter']): string {
  const search = searchOf(filter);
  const ids = search['ids']?.split(',') ?? [];
  return ids.length > 3 ? `${ids.length} runs that were picked` : lineOf(search) || 'every run';
}

export function triedOf({ counts }: Pick<Job, 'counts'>): number {
  return counts.done + counts.refused + counts.failed;
}

/** `1,204 of 5,000` */
export function progressWords(job: Pick<Job, 'selected' | 'counts' | 'endedAt'>): string {
  if (job.selected === null) return job.endedAt === null ? 'finding the runs' : 'found no runs';
  return `${triedOf(job).toLocaleString()} of ${job.selected.count.toLocaleString()}`;
}

export function fractionOf(job: Pick<Job, 'selected' | 'counts'>): number {
  const count = job.selected?.count ?? 0;
  return count === 0 ? 0 : Math.min(1, triedOf(job) / count);
}

export function isOpen({ status }: Pick<Job, 'status'>): boolean {
  return !endedStatuses.has(status);
}

export interface PreviewWords {
  /** By agent, the steps that would run again, most first. */
  repeats: { agent: string; steps: number; isSafe: boolean }[];
  /** Questions that people would be asked again, by kind. */
  questions: { kind: string; count: number }[];
  refused: { code: string; count: number; message: string }[];
}

/** What would come of the runs of the sample, taken together. */
export function previewWords(sample: JobPreview['sample']): PreviewWords {
  const steps = sample.flatMap(({ prediction }) => prediction?.repeats ?? []);
  const questions = sample.flatMap(({ prediction }) => prediction?.questions ?? []);
  const refusals = sample.flatMap(({ refused }) => refused ?? []);
  return {
    repeats: by(
      steps,
      ({ agent }) => agent,
      (group, agent) => ({ agent, steps: group.length, isSafe: group.every(({ repeatable }) => repeatable) }),
    ),
    questions: by(
      questions,
      ({ kind }) => kind,
      (group, kind) => ({ kind, count: group.length }),
    ),
    refused: by(
      refusals,
      ({ code }) => code,
      (group, code) => ({ code, count: group.length, message: group[0]?.message ?? '' }),
    ),
  };
}

/** The largest group first. */
function by<T, R>(items: readonly T[], key: (item: T) => string, words: (group: readonly T[], key: string) => R): R[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length).map(([name, group]) => words(group, name));
}
