/** One step as a row of the chart: what lies where, in percent of the time in sight. Pure. */
import type { AttemptView, TimelineStep, Wait } from '../../../../client/index.ts';
import type { TimeRange } from './time-range.ts';

export interface Span {
  left: number;
  width: number;
}

export interface GanttRow {
  /** Null: it lies outside. */
  bar: Span | null;
  attempts: (Span & { attempt: number; outcome: AttemptView['outcome'] })[];
  waits: (Span & { for: Wait['for'] })[];
  questions: { left: number; id: string; isOpen: boolean }[];
}

/** So that the shortest is still seen. */
const widthMin = 0.15;

/** `toMs` before the range or `fromMs` behind it: null. */
export function spanOf({ fromMs: first, toMs: last }: TimeRange, fromMs: number, toMs: number): Span | null {
  if (toMs < first || fromMs > last) return null;
  const whole = last - first;
  const left = (Math.max(0, fromMs - first) / whole) * 100;
  const right = (Math.min(whole, toMs - first) / whole) * 100;
  return { left, width: Math.min(100 - left, Math.max(widthMin, right - left)) };
}

export function ganttRow(step: TimelineStep, range: TimeRange, nowMs: number): GanttRow {
  const endMs = momentOf(step.endedAt, nowMs);
  const bar = spanOf(range, Date.parse(step.startedAt), endMs);
  if (bar === null) return { bar, attempts: [], waits: [], questions: [] };
  return {
    bar,
    attempts: step.attempts.flatMap(({ attempt, outcome, startedAt, endedAt }) => {
      if (startedAt === null) return [];
      const span = spanOf(range, Date.parse(startedAt), momentOf(endedAt, endMs));
      return span === null ? [] : [{ ...span, attempt, outcome }];
    }),
    waits: step.waits.flatMap((wait) => {
      const span = spanOf(range, Date.parse(wait.from), momentOf(wait.to, endMs));
      return span === null ? [] : [{ ...span, for: wait.for }];
    }),
    questions: step.questions.flatMap(({ id, askedAt, status }) => {
      const span = spanOf(range, Date.parse(askedAt), Date.parse(askedAt));
      return span === null ? [] : [{ left: span.left, id, isOpen: status === 'open' }];
    }),
  };
}

function momentOf(at: string | null, otherwiseMs: number): number {
  return at === null ? otherwiseMs : Date.parse(at);
}

/** Delegations below delegations are moved in, so far. */
const depthMax = 4;

/** How deep each step stands below the one that delegated it. */
export function depthsOf(steps: readonly TimelineStep[]): number[] {
  const depths = new Map<string, number>();
  return steps.map(({ step, delegatedBy }) => {
    const depth = delegatedBy === null ? 0 : Math.min(depthMax, (depths.get(delegatedBy) ?? 0) + 1);
    depths.set(step, depth);
    return depth;
  });
}

/** Where the step of an address stands: the one that began with `seq`, else the newest of the name; -1: nowhere. */
export function placeOfStep(steps: readonly TimelineStep[], name: string | undefined, seq: string | undefined): number {
  if (name === undefined) return -1;
  const exact = steps.findIndex((each) => each.step === name && String(each.seq) === seq);
  return exact === -1 ? steps.findLastIndex((each) => each.step === name) : exact;
}
