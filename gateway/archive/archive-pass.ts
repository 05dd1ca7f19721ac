/**
 * One pass over the runs that ended since the last one. Where they are many, the window of time is divided, so that the
 * oldest, which retention takes first, are archived first.
 */
import { LRUCache } from 'lru-cache';
import type { ArchiveProgress, ClosedExecution, PassOutcome } from '../../protocol/archiver.ts';
import { BatonError } from '../../protocol/errors.ts';
import {
  archiveDoneKept,
  archiveFailedKept,
  archiveOverlapMs,
  archivePageExecutions,
  archivePassExecutions,
  archivePauseMaxMs,
  archivePauseMinMs,
  archiveRunsAtOnce,
} from '../../protocol/limits.ts';
import { isGone } from '../history/history-service.ts';
import { quote } from '../runs/runs-clause.ts';
import { countExecutions, listExecutions, runOf } from '../runs/visibility.ts';
import { archiveRun, type ArchiveContext } from './archive-run.ts';

/** Where a pass was, for one that takes over. */
export interface Place {
  from: string;
  until: string;
  /** Of the page, base64. */
  token: string;
  failed: ClosedExecution[];
}

export interface PassOptions {
  resumed?: Place | undefined;
  heartbeat: (place: Place) => void;
  signal: AbortSignal;
}

/** `pauseMs` before the next pass; 0 where there is more to do now. Errors: temporal_down, archive_down. */
export type ArchivePass = (progress: ArchiveProgress, options: PassOptions) => Promise<NonNullable<PassOutcome>>;

/** Before anything of Baton ended. */
const beginning = '2020-01-01T00:00:00.000Z';
const narrowestMs = 1_000;

export function archivePass(context: ArchiveContext): ArchivePass {
  const done = new LRUCache<string, true>({ max: archiveDoneKept });
  const delayMs = context.config.BATON_ARCHIVE_DELAY_SECONDS * 1_000;
  return async (progress, { resumed, heartbeat, signal }) => {
    const now = Date.now() - delayMs;
    const from = resumed?.from ?? overlapped(progress.watermark);
    const until = resumed?.until ?? (await divided(context, from, now));
    let token = Buffer.from(resumed?.token ?? '', 'base64');
    let archived = 0;
    const failed = new Map((resumed?.failed ?? progress.failed).map((closed) => [closed.runId, closed]));
    const kept = () => [...failed.values()].slice(-archiveFailedKept);
    const archive = async (closed: ClosedExecution) => {
      signal.throwIfAborted();
      if (done.has(closed.runId)) return;
      failed.delete(closed.runId);
      if (await isArchivedNow(context, closed)) {
        done.set(closed.runId, true);
        archived++;
      } else failed.set(closed.runId, closed);
      heartbeat({ from, until, token: token.toString('base64'), failed: kept() });
    };
    await eachOf(kept(), archive);
    do {
      const page = await listExecutions(context, closedBetween(from, until), archivePageExecutions, token);
      const closed = page.infos.map((info) => ({ run: runOf(info), runId: info.execution?.runId ?? '' }));
      // Of one run one after the other: they write the same index.
      await eachOf([...Map.groupBy(closed, ({ run }) => run).values()], async (lot) => {
        for (const execution of lot) await archive(execution);
      });
      token = Buffer.from(page.nextPageToken);
    } while (token.length > 0);
    const isBehind = Date.parse(until) < now - narrowestMs;
    const pauseMs = isBehind ? 0 : Math.min(Math.max(delayMs, archivePauseMinMs), archivePauseMaxMs);
    return { watermark: until, failed: kept(), archived, pauseMs };
  };
}

/**
 * One that is past retention meanwhile counts as done. False where it can't be archived now, but others perhaps can.
 * Errors: archive_down, temporal_down.
 */
async function isArchivedNow(context: ArchiveContext, { run, runId }: ClosedExecution): Promise<boolean> {
  try {
    await archiveRun(context, run, runId);
    return true;
  } catch (error) {
    if (isGone(error)) return true;
    if (error instanceof BatonError && (error.code === 'archive_down' || error.code === 'temporal_down')) throw error;
    context.log.error({ run, runId, err: error }, 'a run could not be archived');
    return false;
  }
}

function overlapped(watermark: string | null): string {
  return watermark === null ? beginning : new Date(Date.parse(watermark) - archiveOverlapMs).toISOString();
}

/** The end of a window that has not too many executions in it. */
async function divided(context: ArchiveContext, from: string, end: number): Promise<string> {
  const start = Date.parse(from);
  let until = Math.max(end, start);
  while (until - start > archiveOverlapMs + narrowestMs) {
    const count = await countExecutions(context, closedBetween(from, new Date(until).toISOString()));
    if (count <= archivePassExecutions) break;
    // Never back into the overlap: each pass must get on.
    until = Math.max(start + Math.floor((until - start) / 2), start + archiveOverlapMs + narrowestMs);
  }
  return new Date(until).toISOString();
}

function closedBetween(from: string, until: string): string {
  return [
    'BatonBlueprint IS NOT NULL',
    "ExecutionStatus != 'Running'",
    "ExecutionStatus != 'ContinuedAsNew'",
    `CloseTime >= ${quote(from)}`,
    `CloseTime <= ${quote(until)}`,
  ].join(' AND ');
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: archiveRunsAtOnce }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(lanes);
}
