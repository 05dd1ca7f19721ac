/** Replayed: no I/O, no clock. Archives what has ended, pass after pass, for ever. */
import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { ArchivePassActivity } from '../../activities/archive-pass.ts';
import type { ArchiveProgress } from '../../protocol/archiver.ts';
import { archivePassMs, archiveSilenceMs } from '../../protocol/limits.ts';

const { archivePass } = proxyActivities<{ archivePass: ArchivePassActivity }>({
  startToCloseTimeout: archivePassMs,
  heartbeatTimeout: archiveSilenceMs,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

export async function batonArchiver(progress: ArchiveProgress): Promise<void> {
  let { watermark, failed } = progress;
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < longHistory) {
    const outcome = await archivePass({ watermark, failed });
    if (outcome === null) return;
    ({ watermark, failed } = outcome);
    if (outcome.pauseMs > 0) await sleep(outcome.pauseMs);
  }
  await continueAsNew<typeof batonArchiver>({ watermark, failed });
}

/** In events: a pass is about ten of them. */
const longHistory = 1_000;
