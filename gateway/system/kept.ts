/** One answer for all who ask within `ms` of the asking. What fails is not kept. */
export function kept<T>(ask: () => Promise<T>, ms: number, now: () => number = Date.now): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let askedAtMs = 0;
  return () => {
    if (answer !== null && now() - askedAtMs < ms) return answer;
    const asked = ask();
    answer = asked;
    askedAtMs = now();
    asked.catch(() => {
      if (answer === asked) answer = null;
    });
    return asked;
  };
}
