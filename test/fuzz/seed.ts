/** The seed of a file's cases: a new one each time, printed; `BATON_FUZZ_SEED` repeats one. */
export function newSeed(what: string): number {
  const given = Number(process.env['BATON_FUZZ_SEED']);
  const seed = Number.isSafeInteger(given) && given > 0 ? given : Date.now() & 0x7fffffff;
  console.info(`fuzzing ${what} with BATON_FUZZ_SEED=${seed}`);
  return seed;
}
