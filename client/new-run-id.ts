/** Crockford's base 32, in which nothing is mistaken for something else. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const length = 12;

/** Short enough to be typed, 60 random bits: as in crawl-7k3f9q2xw8m1. */
export function newRunId(blueprint: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  const random = Array.from(bytes, (byte) => digits[byte % digits.length]).join('');
  const name = blueprint.replaceAll(/[^A-Za-z0-9._-]/g, '').replace(/^[^A-Za-z0-9]+/, '');
  return `${name.slice(0, 100) || 'run'}-${random}`;
}
