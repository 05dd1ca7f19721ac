/**
 * Whether a client's cursor lies within the log. Another gateway may have told it events that this one's tail reaches
 * a moment later, so a cursor beyond the log is given that moment. Errors: cursor_ahead {lastSeq}.
 */
import { BatonError } from '../../protocol/errors.ts';
import { cursorSettleMs } from '../../protocol/limits.ts';
import type { Feed } from '../engine.ts';
import { awaitMore } from './await-more.ts';

export async function awaitPosition(feed: Feed, after: number, signal?: AbortSignal): Promise<void> {
  if (after <= feed.lastSeq) return;
  const deadline = AbortSignal.timeout(cursorSettleMs);
  const until = signal ? AbortSignal.any([deadline, signal]) : deadline;
  while (after > feed.lastSeq && !until.aborted) await awaitMore(feed, until);
  if (after <= feed.lastSeq) return;
  throw new BatonError(
    'cursor_ahead',
    `the log of run ${feed.run} ends at ${feed.lastSeq}: ask after a seq from 0 to ${feed.lastSeq}`,
    { field: 'after', run: feed.run, lastSeq: feed.lastSeq },
  );
}
