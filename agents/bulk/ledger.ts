/**
 * What came of each run, in the order of the list. Results come in any order and leave in that of the list, without a
 * hole: so one number, how many have been told, says where a repeated attempt goes on.
 */
import { z } from 'zod';
import { bulkResultsBytes, bulkResultsPerEvent } from '../../protocol/limits.ts';
import type { JobCounts, JobResult } from '../../protocol/schemas/jobs.ts';

const countsSchema = z.object({ done: z.int(), refused: z.int(), failed: z.int() });
export const markSchema = z.object({
  /** Results that have been told. */
  told: z.int(),
  counts: countsSchema,
  codes: z.record(z.string(), z.int()),
});
/** What a checkpoint keeps. */
export type Mark = z.infer<typeof markSchema>;

export interface Told {
  /** Place of the first of these in the list. */
  first: number;
  results: JobResult[];
  /** With these. */
  counts: JobCounts;
}

export class Ledger {
  private readonly waiting = new Map<number, JobResult>();
  private readonly told: Mark;
  /** With what has come and was not told yet. */
  readonly counts: JobCounts;

  constructor(mark: Mark | null) {
    this.told = mark ?? { told: 0, counts: { done: 0, refused: 0, failed: 0 }, codes: {} };
    this.counts = { ...this.told.counts };
  }

  get mark(): Mark {
    return structuredClone(this.told);
  }

  /** Runs that have their result. */
  get finished(): number {
    return this.counts.done + this.counts.refused + this.counts.failed;
  }

  add(place: number, result: JobResult): void {
    this.waiting.set(place, result);
    this.counts[result.outcome] += 1;
  }

  /** Takes the next results that can be told, as many as fit one event; null where there are none. */
  take(): Told | null {
    const first = this.told.told;
    const results: JobResult[] = [];
    for (let bytes = 0; results.length < bulkResultsPerEvent;) {
      const result = this.waiting.get(first + results.length);
      if (!result) break;
      bytes += Buffer.byteLength(JSON.stringify(result)) + 1;
      if (results.length > 0 && bytes > bulkResultsBytes) break;
      results.push(result);
    }
    if (results.length === 0) return null;
    results.forEach((result, index) => this.book(result, first + index));
    return { first, results, counts: { ...this.told.counts } };
  }

  private book({ outcome, code }: JobResult, place: number): void {
    this.waiting.delete(place);
    this.told.told = place + 1;
    this.told.counts[outcome] += 1;
    if (outcome !== 'done' && code !== undefined) this.told.codes[code] = (this.told.codes[code] ?? 0) + 1;
  }
}
