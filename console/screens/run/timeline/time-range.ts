/** Which part of a run's time is in sight. Pure. */
import type { TimelineStep } from '../../../../client/index.ts';

export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** Nothing happens faster than the log tells. */
const spanMinMs = 20;
/** Of the span, so that what happens now does not stick to the edge. */
const margin = 0.02;

/** From the first step to the last, or to now where one is open. */
export function wholeRange(steps: readonly TimelineStep[], nowMs: number): TimeRange {
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const { startedAt, endedAt } of steps) {
    fromMs = Math.min(fromMs, Date.parse(startedAt));
    toMs = Math.max(toMs, endedAt === null ? nowMs : Date.parse(endedAt));
  }
  if (!Number.isFinite(fromMs)) return { fromMs: nowMs, toMs: nowMs + 1_000 };
  const spanMs = Math.max(spanMinMs, toMs - fromMs);
  return { fromMs, toMs: fromMs + spanMs * (1 + margin) };
}

/** `factor` below 1 shows less. What is at `at` (0 left, 1 right) stays where it is. */
export function zoomed(range: TimeRange, whole: TimeRange, factor: number, at = 0.5): TimeRange {
  const spanMs = Math.max(spanMinMs, (range.toMs - range.fromMs) * factor);
  const pinMs = range.fromMs + (range.toMs - range.fromMs) * at;
  return within({ fromMs: pinMs - spanMs * at, toMs: pinMs + spanMs * (1 - at) }, whole);
}

/** By a fraction of what is in sight; below 0 to the left. */
export function panned(range: TimeRange, whole: TimeRange, fraction: number): TimeRange {
  const byMs = (range.toMs - range.fromMs) * fraction;
  return within({ fromMs: range.fromMs + byMs, toMs: range.toMs + byMs }, whole);
}

/** The same span, moved inside; the whole where it is larger. */
function within({ fromMs, toMs }: TimeRange, whole: TimeRange): TimeRange {
  const spanMs = toMs - fromMs;
  if (spanMs >= whole.toMs - whole.fromMs) return whole;
  if (fromMs < whole.fromMs) return { fromMs: whole.fromMs, toMs: whole.fromMs + spanMs };
  if (toMs > whole.toMs) return { fromMs: whole.toMs - spanMs, toMs: whole.toMs };
  return { fromMs, toMs };
}

/** As the address has it: milliseconds since the beginning, `1200-5300`. Null: the whole. */
export function readRange(text: string | undefined, { fromMs }: TimeRange): TimeRange | null {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '') ?? [];
  if (from === undefined || to === undefined || Number(to) - Number(from) < spanMinMs) return null;
  return { fromMs: fromMs + Number(from), toMs: fromMs + Number(to) };
}

export function writeRange(range: TimeRange, whole: TimeRange): string | null {
  if (range.fromMs <= whole.fromMs && range.toMs >= whole.toMs) return null;
  return `${Math.round(range.fromMs - whole.fromMs)}-${Math.round(range.toMs - whole.fromMs)}`;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
// prettier-ignore
const distances = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, second, 2 * second, 5 * second, 10 * second, 15 * second, 30 * second, minute,
  2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day,
  2 * day, 5 * day, 10 * day, 30 * day, 100 * day, 365 * day,
];

/** At most `count` round moments in sight, counted from `originMs`. */
export function ticks({ fromMs, toMs }: TimeRange, originMs: number, count: number): { atMs: number; label: string }[] {
  const everyMs = distances.find((each) => (toMs - fromMs) / each <= count) ?? 365 * day;
  const found = [];
  for (let atMs = originMs + Math.ceil((fromMs - originMs) / everyMs) * everyMs; atMs <= toMs; atMs += everyMs)
    found.push({ atMs, label: offsetText(atMs - originMs, everyMs) });
  return found;
}

/** 90_000 → `1:30`, with as much behind it as the distance of two needs. */
export function offsetText(ms: number, everyMs: number): string {
  if (everyMs >= day) return `${Math.round(ms / day)} d`;
  const [hours, minutes, seconds] = [Math.floor(ms / hour), Math.floor((ms % hour) / minute), (ms % minute) / second];
  const digits = everyMs >= second ? 0 : everyMs >= 100 ? 1 : everyMs >= 10 ? 2 : 3;
  if (hours === 0 && minutes === 0) return `${seconds.toFixed(digits)} s`;
  const rest = seconds.toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
