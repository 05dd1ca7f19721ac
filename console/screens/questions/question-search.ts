/** The address of the inbox: `question=RUN/ID` is the one that is open, `run=RUN` those of one run alone. Pure. */
export function openQuestionOf({ question }: Readonly<Record<string, string>>): { run: string; id: string } | null {
  // Ids of questions have no slash; those of runs may.
  const at = question?.lastIndexOf('/') ?? -1;
  if (question === undefined || at <= 0 || at === question.length - 1) return null;
  return { run: question.slice(0, at), id: question.slice(at + 1) };
}

/** The key before or after this one; where it is not among them any more, the first. */
export function neighbour(keys: readonly string[], current: string | null, step: 1 | -1): string | null {
  const at = current === null ? -1 : keys.indexOf(current);
  if (at === -1) return (step === 1 ? keys[0] : keys.at(-1)) ?? null;
  return keys[Math.min(keys.length - 1, Math.max(0, at + step))] ?? null;
}
