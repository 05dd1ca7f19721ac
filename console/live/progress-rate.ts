/** How fast something gets on, from what it said of itself lately. Pure. */
export interface ProgressSample {
  atMs: number;
  /** 0 to 1. */
  fraction: number;
}

/** What was said before tells little of how fast it goes now. */
const windowMs = 60_000;
const samplesKept = 120;
/** Below it a rate jumps about more than it tells. */
const spanMs = 2_000;

/** One that begins anew forgets what was before. */
export function withSample(
  samples: readonly ProgressSample[],
  { atMs, fraction }: ProgressSample,
): readonly ProgressSample[] {
  const last = samples.at(-1);
  if (last !== undefined && (fraction < last.fraction || atMs < last.atMs)) return [{ atMs, fraction }];
  return [...samples.filter((each) => each.atMs >= atMs - windowMs), { atMs, fraction }].slice(-samplesKept);
}

/** Fraction a minute, and what remains at that; null where too little is known, or nothing moves. */
export function rateOf(samples: readonly ProgressSample[]): { perMinute: number; remainingMs: number } | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return null;
  const [done, took] = [last.fraction - first.fraction, last.atMs - first.atMs];
  if (took < spanMs || done <= 0) return null;
  return { perMinute: (done / took) * 60_000, remainingMs: ((1 - last.fraction) / done) * took };
}
