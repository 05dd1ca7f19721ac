/**
 * Takes secrets out of what leaves the house. The rule, which docs/ops.md has, too:
 *
 *   1. under a key that ends with token, password, passwd, passphrase, secret, authorization, apiKey, accessKey, privateKey,
 *      cookie or credential (in any spelling, singular or plural): every text and number, except counts of tokens
 *   2. in any text: credentials after Bearer and Basic, keys that begin with sk-, well-known formats of keys and of JWTs,
 *      private keys in PEM, passwords in addresses, and JSON or query strings inside of it by rule 1
 *
 * Pure. It takes too much rather than too little, and knows no secret that looks like an ordinary word.
 */
export const redacted = '[redacted]';

const secretWords =
  '(?:tokens?|passwords?|passwd|passphrases?|secrets?|authorization|api[_-]?keys?|access[_-]?keys?|private[_-]?keys?|cookies?|credentials?)';
const secretKey = new RegExp(`${secretWords}$`, 'i');

const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
  [/\b(bearer|basic)(\s+)[\w.~+/=-]{8,}/gi, `$1$2${redacted}`],
  [/\bsk-[\w-]{8,}/g, redacted],
  [/\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g, redacted],
  [
    /\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,}|xox[abeoprs]-[\w-]{10,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,})/g,
    redacted,
  ],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@?#]{0,200}:)[^\s/@]{1,500}@/gi, `$1${redacted}@`],
  [new RegExp(String.raw`([?&;]|^)([\w.-]{0,80}${secretWords}=)[^&\s"'\\;#]{1,4000}`, 'gi'), `$1$2${redacted}`],
  // JSON inside of a text, also where its quotes are escaped; a preview may end in the middle of it.
  [new RegExp(String.raw`((\\{0,31})"[\w.-]{0,80}${secretWords}\2"\s*:\s*\2")(?:(?!\2").)*`, 'gis'), `$1${redacted}`],
];

export function redactText(text: string): string {
  return patterns.reduce((left, [pattern, stead]) => left.replace(pattern, stead), text);
}

/** A copy of a JSON value without its secrets. */
export function redactValue(value: unknown): unknown {
  return redactUnder(value, null);
}

/** `secret`: the key above it that says so. */
function redactUnder(value: unknown, secret: string | null): unknown {
  if (typeof value === 'string') return secret === null ? redactText(value) : value === '' ? '' : redacted;
  if (typeof value === 'number') return secret === null || isCount(secret) ? value : redacted;
  if (Array.isArray(value)) return value.map((entry: unknown) => redactUnder(entry, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, redactUnder(entry, secretKey.test(key) ? key : secret)]),
  );
}

/** `inputTokens: 120` is no secret. */
function isCount(key: string): boolean {
  return /tokens$/i.test(key);
}
