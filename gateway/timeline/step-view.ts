/** A step as the timeline shows it: its record, with the attempts and waits that the history tells of. Pure. */
import { timelineAttemptsShown, timelineQuestionsShown, timelineWaitsShown } from '../../protocol/limits.ts';
import type { AttemptView, TimelineStep, Wait } from '../../protocol/schemas/timeline.ts';
import type { Prices } from './model-cost.ts';
import { costOf } from './model-cost.ts';
import { msBetween, type CallFacts, type OpenCall, type StepRecord } from './step-record.ts';

const waitKinds = ['person', 'queue', 'backoff', 'paused', 'delegation'] as const;

export interface StepContext {
  /** What the server holds of the step now. */
  open: OpenCall | null;
  prices: Prices;
  /** Of agents. */
  model: string | null;
}

export function stepView(record: StepRecord, { open, prices, model }: StepContext): TimelineStep {
  const attempts = attemptViews(record, open);
  const waits = [...record.waits, ...queueWaits(record), ...backoffs(attempts)].toSorted((a, b) =>
    a.from < b.from ? -1 : a.from > b.from ? 1 : 0,
  );
  const waitedMs = { person: 0, queue: 0, backoff: 0, paused: 0, delegation: 0 };
  for (const kind of waitKinds) {
    for (const wait of waits) if (wait.for === kind) waitedMs[kind] += wait.ms ?? 0;
  }
  const { attempts: _, lastAttempt: __, calls: ___, waits: ____, ...told } = record;
  return {
    ...told,
    durationMs: record.endedAt === null ? null : msBetween(record.startedAt, record.endedAt),
    attempts: attempts.slice(-timelineAttemptsShown),
    waits: waits.slice(-timelineWaitsShown),
    waitedMs,
    questions: record.questions.slice(-timelineQuestionsShown),
    cost: costOf(record.usage, model, prices),
  };
}

/** Attempts 1, 2, 3 … as far as anything tells of them. */
function attemptViews(record: StepRecord, open: OpenCall | null): AttemptView[] {
  const isOver = record.endedAt !== null;
  const known = [record.lastAttempt, ...record.attempts.keys(), ...record.calls.map(lastAttemptOf)];
  const last = Math.max(...known, isOver ? 1 : (open?.attempt ?? 1));
  const views: AttemptView[] = [];
  for (let attempt = Math.max(1, last - 2 * timelineAttemptsShown); attempt <= last; attempt++)
    views.push(attemptView(record, attempt, { last, open: isOver ? null : open }));
  return views;
}

function attemptView(
  record: StepRecord,
  attempt: number,
  { last, open }: { last: number; open: OpenCall | null },
): AttemptView {
  const logged = record.attempts.get(attempt);
  const index = record.calls.findIndex(
    (call) => attempt > call.attemptBase && attempt <= Math.max(call.attemptBase + 1, lastAttemptOf(call)),
  );
  const call = record.calls[index];
  const isLastOfCall = call?.started != null && lastAttemptOf(call) === attempt;
  const isOpen = open !== null && open.attempt === attempt;
  const startedAt =
    (isLastOfCall ? call.started?.at : null) ??
    (isOpen && open.isAtWork ? open.startedAt : null) ??
    logged?.seenAt ??
    null;
  const told = failureAfter(record, attempt, open);
  const error = logged?.error ?? (attempt === last && record.error ? record.error : told);
  const outcome = outcomeOf();
  const endedAt = outcome === 'running' || outcome === 'waiting' ? null : endOf();
  return {
    attempt,
    startedAt,
    endedAt,
    durationMs: startedAt === null || endedAt === null ? null : msBetween(startedAt, endedAt),
    outcome,
    error: outcome === 'failed' || outcome === 'lost' ? error && { code: error.code, message: error.message } : null,
    worker: (isLastOfCall ? call.started?.worker : isOpen ? open.worker : null) ?? null,
  };

  function outcomeOf(): AttemptView['outcome'] {
    if (logged?.failedAt != null) return 'failed';
    if (isOpen) return open.isAtWork ? 'running' : 'waiting';
    const next = record.calls[index + 1];
    if (isLastOfCall && next !== undefined) return hasAskedBetween(record, call, next) ? 'asked' : 'delegated';
    if (attempt < last) return 'lost';
    if (record.status === 'completed' || record.status === 'failed' || record.status === 'abandoned')
      return record.status;
    if (record.status === 'asking') return 'asked';
    return record.status === 'delegating' ? 'delegated' : 'running';
  }

  function endOf(): string | null {
    if (logged?.failedAt != null) return logged.failedAt;
    if (isLastOfCall && call.closed) return call.closed.at;
    return attempt === last ? record.endedAt : null;
  }
}

/** What the server says of the attempt before the one that it tells of. */
function failureAfter(record: StepRecord, attempt: number, open: OpenCall | null) {
  for (const { attemptBase, started } of record.calls) {
    if (started && attemptBase + started.attempt - 1 === attempt && started.attempt > 1) return started.lastFailure;
  }
  return open !== null && open.attempt - 1 === attempt ? open.lastFailure : null;
}

function lastAttemptOf({ attemptBase, started }: CallFacts): number {
  return attemptBase + (started?.attempt ?? 1);
}

function hasAskedBetween({ questions }: StepRecord, call: CallFacts, next: CallFacts): boolean {
  const from = call.closed?.at ?? call.scheduledAt;
  return questions.some(({ askedAt }) => msBetween(askedAt, from) < 1_000 && askedAt <= next.scheduledAt);
}

/** Only of calls whose first attempt is the one that the history tells of. */
function queueWaits({ calls }: StepRecord): Wait[] {
  return calls.flatMap(({ scheduledAt, started, closed }): Wait[] => {
    if (started === null) return [];
    if (started.attempt > 1 || (closed === null && started.at < scheduledAt)) return [];
    return [{ for: 'queue', from: scheduledAt, to: started.at, ms: msBetween(scheduledAt, started.at) }];
  });
}

/** From the end of an attempt to the start of the next. */
function backoffs(attempts: readonly AttemptView[]): Wait[] {
  return attempts.flatMap((attempt, index): Wait[] => {
    const next = attempts[index + 1];
    if (attempt.outcome !== 'failed' || attempt.endedAt === null || next === undefined) return [];
    if (next.startedAt === null) return next.outcome === 'waiting' ? [waitFrom(attempt.endedAt)] : [];
    return [{ ...waitFrom(attempt.endedAt), to: next.startedAt, ms: msBetween(attempt.endedAt, next.startedAt) }];
  });
}

function waitFrom(from: string): Wait {
  return { for: 'backoff', from, to: null, ms: null };
}
