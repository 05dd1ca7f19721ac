import { Context } from '@temporalio/activity';
import type { ArchiveProgress, PassOutcome } from '../protocol/archiver.ts';
import { archiveHeartbeatMs } from '../protocol/limits.ts';

export type ArchivePassActivity = (progress: ArchiveProgress) => Promise<PassOutcome>;

/** What archives: the engine, opened at the first pass. `Place`: where a pass was, for one that takes over. */
export interface Archiving<Place> {
  pass(
    progress: ArchiveProgress,
    options: { resumed?: Place | undefined; heartbeat: (place: Place) => void; signal: AbortSignal },
  ): Promise<NonNullable<PassOutcome>>;
}

/** null: no archive is configured. */
export function archivePassActivity<Place>(archiving: Archiving<Place> | null): ArchivePassActivity {
  return async (progress) => {
    if (archiving === null) return null;
    const context = Context.current();
    const resumed = context.info.heartbeatDetails as Place | undefined;
    let place = resumed;
    const beat = () => context.heartbeat(place);
    const beating = setInterval(beat, archiveHeartbeatMs);
    try {
      return await archiving.pass(progress, {
        resumed,
        heartbeat: (now) => {
          place = now;
          beat();
        },
        signal: context.cancellationSignal,
      });
    } finally {
      clearInterval(beating);
    }
  };
}
