/** `full` under `npm run test:chaos`, `test:fuzz` and `test:scale`; `npm test` runs the same files in a short form. */
export const testSize: 'short' | 'full' = process.env['BATON_TEST_SIZE'] === 'full' ? 'full' : 'short';

/** How many rounds, runs or cases: the first in the short form, the second in full. */
export function rounds(short: number, full: number): number {
  return testSize === 'full' ? full : short;
}
