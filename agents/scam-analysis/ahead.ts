/**
 * Works on a list in its order, some entries ahead of where it is read. Each entry's outcome is read once; one that
 * nobody reads any more is no unhandled rejection.
 */
export function ahead<T, R>(entries: readonly T[], atOnce: number, work: (entry: T) => Promise<R>): () => Promise<R> {
  const begun: Promise<R>[] = [];
  let read = 0;
  return () => {
    const index = read++;
    for (let next = begun.length; next < Math.min(entries.length, index + atOnce); next++) {
      const outcome = work(entries[next] as T);
      outcome.catch(() => undefined);
      begun.push(outcome);
    }
    return begun[index] ?? Promise.reject(new Error('there is no further entry'));
  };
}
