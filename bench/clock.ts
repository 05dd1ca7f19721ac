/** One clock for all processes of a machine: monotonic, in milliseconds with fractions. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
