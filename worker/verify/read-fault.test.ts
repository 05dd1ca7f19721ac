/** What the SDK says, as it says it. With the real SDK: test/ops/verify.test.ts. */
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, test } from 'vitest';
import { innermostMessage, readFault } from './read-fault.ts';

const history = historyFromJSON({
  events: [
    { eventId: '1', eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED', workflowExecutionStartedEventAttributes: {} },
    {
      eventId: '5',
      eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
      activityTaskScheduledEventAttributes: { activityId: '1', activityType: { name: 'crawler' } },
    },
    {
      eventId: '6',
      eventType: 'EVENT_TYPE_TIMER_STARTED',
      timerStartedEventAttributes: { startToFireTimeout: '1.5s' },
    },
  ],
});
const said = (inner: string) =>
  `Replay failed. Details: Workflow activation completion failed: Failure { failure: Some(Failure { message: ${JSON.stringify(inner)}, source: "" }) }`;
const tell = (inner: string) => {
  const { kind, why, entry } = readFault(innermostMessage(said(inner)), history);
  return { kind, why, id: entry === null ? null : Number(entry.eventId) };
};

test.each([
  {
    says: '[TMPRL1100] Nondeterminism error: Activity machine does not handle this event: HistoryEvent(id: 6, TimerStarted)',
    found: { kind: 'differs', id: 6, why: 'the history has TimerStarted (1500 ms) here, the code calls an agent' },
  },
  {
    says: '[TMPRL1100] Nondeterminism error: No command scheduled for event HistoryEvent(id: 5, ActivityTaskScheduled)',
    found: {
      kind: 'differs',
      id: 5,
      why: 'the history has ActivityTaskScheduled (crawler) here, the code does nothing',
    },
  },
  {
    says: '[TMPRL1100] Nondeterminism error: ModifyWorkflowPropertiesMachine does not handle HistoryEvent(id: 5, ActivityTaskScheduled)',
    found: {
      kind: 'differs',
      id: 5,
      why: 'the history has ActivityTaskScheduled (crawler) here, the code writes into the log',
    },
  },
  {
    says: "[TMPRL1100] Nondeterminism error: Activity type of scheduled event 'crawler' does not match activity type of activity command 'walker'",
    found: { kind: 'differs', id: null, why: 'the history calls agent crawler here, the code walker' },
  },
  {
    says: '[TMPRL1100] Nondeterminism error: Non-deprecated patch marker encountered for change faster, but there is no corresponding change command!',
    found: {
      kind: 'differs',
      id: null,
      why: 'the run took the patch faster, and the code does not know it any more: keep it, or deprecatePatch',
    },
  },
  {
    says: 'this worker has no blueprint crawl',
    found: { kind: 'unknown_blueprint', id: null, why: 'the code has no blueprint crawl any more' },
  },
  {
    says: 'encrypted with the key k1, which BATON_ENCRYPTION_KEYS does not have',
    found: {
      kind: 'unreadable',
      id: null,
      why: 'it could not be replayed: encrypted with the key k1, which BATON_ENCRYPTION_KEYS does not have',
    },
  },
  {
    says: 'Fatal error in workflow machines: History is out of order. Last processed event: 4, event id: 99',
    found: {
      kind: 'unreadable',
      id: null,
      why: 'it could not be replayed: Fatal error in workflow machines: History is out of order. Last processed event: 4, event id: 99',
    },
  },
  {
    says: 'steps is not "iterable"\nat once',
    found: { kind: 'differs', id: null, why: 'the code fails here: steps is not "iterable"\nat once' },
  },
])('tells $found.kind: $says', ({ says, found }) => {
  expect(tell(says)).toEqual(found);
});

test('the entry that a mismatch is about is known by the name that the history has', () => {
  const message =
    "Activity type of scheduled event 'crawler' does not match activity type of activity command 'walker'";
  const { names } = readFault(message, history);
  expect(history.events?.filter(names).map(({ eventId }) => Number(eventId))).toEqual([5]);
});
