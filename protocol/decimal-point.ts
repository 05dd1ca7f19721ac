/** JSON of a number that clients with a float type read: `1.0`, not `1`. At most four places. Plain. */
export function withDecimalPoint(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
}
