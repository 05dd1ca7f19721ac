/** Upper bound of a bucket → observations that are at most so large; ascending, the last bound is Infinity. */
export type Buckets = Map<number, number>;

/** As Prometheus reckons it: evenly spread within a bucket. Above the last bound it is that bound. null: no observation. */
export function quantile(buckets: Buckets, share: number): number | null {
  const total = buckets.get(Infinity) ?? 0;
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  let from = 0;
  for (const [bound, count] of buckets) {
    if (count >= rank && bound !== Infinity)
      return from + ((bound - from) * (rank - below)) / Math.max(count - below, 1);
    if (bound === Infinity) break;
    below = count;
    from = bound;
  }
  return from;
}
