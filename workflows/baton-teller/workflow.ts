/**
 * Replayed: no I/O, no clock. Tells a webhook of one run, one event after another, until the run has ended.
 *
 *   telling ──told──▶ telling ──over, nothing announced meanwhile──▶ ends
 *     ▲ └──failed──▶ waits, 1 s to 5 min ──▶ telling the same event, for 3 days; then the next one
 *     └── a signal says that the run goes on: it is not over
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  continueAsNew,
  defineSignal,
  log,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { TellActivity } from '../../activities/tell.ts';
import { webhookHeartbeatMs } from '../../protocol/limits.ts';
import {
  expectSignal,
  tellerStatus,
  tellQueue,
  type ExpectSignal,
  type Failing,
  type TellerInput,
} from '../../protocol/telling.ts';
import { failedAgain } from './patience.ts';

/** Of one activity, which mostly waits for what comes; then another one waits. */
const startToCloseTimeout = '7 days';

const statusKey = defineSearchAttributeKey('BatonStatus', SearchAttributeType.KEYWORD);

export async function batonTeller({ after, expected, failing, ...to }: TellerInput): Promise<{ after: number }> {
  const { tell } = proxyActivities<{ tell: TellActivity }>({
    taskQueue: tellQueue(workflowInfo().taskQueue),
    startToCloseTimeout,
    heartbeatTimeout: webhookHeartbeatMs,
    // Of what is no answer of the receiver: workers that die, a Temporal that is away.
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
  let place = after;
  let awaited = expected;
  let announced = 0;
  // Anybody may send a signal: one that cannot be read is null.
  setHandler(defineSignal<[ExpectSignal | null]>(expectSignal), (signal) => {
    announced++;
    if (typeof signal?.expected === 'number') awaited = Math.max(awaited, signal.expected);
  });
  for (let fault: Failing | undefined = failing; ;) {
    const heard = announced;
    const told = await tell({ ...to, after: place, expected: awaited });
    if (told.kind === 'failed') {
      const { failing: now, waitMs } = failedAgain(fault, Date.now());
      fault = now;
      if (fault.tries === 1) upsertSearchAttributes([{ key: statusKey, value: tellerStatus.failing }]);
      if (waitMs !== null) await sleep(waitMs);
      else {
        log.error('a webhook was not told of an event', { run: to.run, seq: told.seq, message: told.message });
        place = told.seq;
        fault = undefined;
      }
    } else {
      place = told.after;
      if (fault) upsertSearchAttributes([{ key: statusKey, value: tellerStatus.telling }]);
      fault = undefined;
      if (told.kind === 'over' && announced === heard) return { after: place };
    }
    if (workflowInfo().continueAsNewSuggested) {
      const next: TellerInput = { ...to, after: place, expected: awaited };
      await continueAsNew<typeof batonTeller>(fault ? { ...next, failing: fault } : next);
    }
  }
}
