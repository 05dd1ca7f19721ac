import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redacted, redactText, redactValue } from './redact.ts';
import { busyMs } from '../../test/harness/busy.ts';

describe('redaction', () => {
  it.each([
    'token',
    'accessToken',
    'AUTH_TOKEN',
    'password',
    'client_secret',
    'Authorization',
    'api_key',
    'apiKey',
    'X-Api-Key',
    'set-cookie',
    'credentials',
  ])('takes the value under %s, however deep it lies', (key) => {
    expect(redactValue({ a: [{ [key]: 'hunter2' }] })).toEqual({ a: [{ [key]: redacted }] });
    expect(redactValue({ [key]: { user: 'ann', pin: 1234 } })).toEqual({ [key]: { user: redacted, pin: redacted } });
  });

  it('leaves counts of tokens, and what only looks like a secret', () => {
    const value = {
      inputTokens: 120,
      maxTokens: 8,
      tokenizer: 'bpe',
      secretary: 'ann',
      key: 'q-1',
      text: 'a token of love',
    };
    expect(redactValue(value)).toEqual(value);
  });

  it.each([
    ['GET / authorization: Bearer abcdefgh12345678 done', `GET / authorization: Bearer ${redacted} done`],
    ['Basic dXNlcjpwYXNz', `Basic ${redacted}`],
    ['with sk-proj-abcdef123456 it works', `with ${redacted} it works`],
    ['eyJhbGciOiJI.eyJzdWIiOiJ.c2lnbmF0dXJl', redacted],
    [`ghp_${'a1'.repeat(12)}`, redacted],
    ['postgres://baton:hunter2@db:5432/x', `postgres://baton:${redacted}@db:5432/x`],
    ['https://a.test/x?user=1&access_token=abc#top', `https://a.test/x?user=1&access_token=${redacted}#top`],
    ['{"password":"hunter2","a":1}', `{"password":"${redacted}","a":1}`],
    [String.raw`{"body":"{\"api_key\":\"hunter2\"}"}`, String.raw`{"body":"{\"api_key\":\"[redacted]\"}"}`],
    ['{"user":"ann","secret":"hunter2 was cut he', `{"user":"ann","secret":"${redacted}`],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest', `${redacted}\nrest`],
  ])('takes it out of a text: %s', (text, left) => {
    expect(redactText(text)).toBe(left);
  });

  it('leaves ordinary texts and addresses as they are', () => {
    for (const text of ['failed by script', 'https://a.test:8080/x?page=2', 'scripted#1 took longer than its 3 s'])
      expect(redactText(text)).toBe(text);
  });

  it('lets no planted secret through, wherever it is put, and keeps the shape', () => {
    const secret = 'sk-planted-0123456789abcdef';
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (around, key) => {
        const value = { [key]: [around, `said ${secret}!`], apiKey: { deep: [secret] } };
        const left = redactValue(value);
        expect(JSON.stringify(left)).not.toContain('planted');
        expect(Object.keys(left as object)).toEqual(Object.keys(value));
      }),
    );
  });

  it('takes no long over what an attacker writes', () => {
    for (const text of [
      '"'.repeat(500_000),
      'a://'.repeat(200_000),
      `${'\\'.repeat(500_000)}"`,
      'token='.repeat(200_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(30_000),
    ]) {
      const before = performance.now();
      redactText(text);
      expect(performance.now() - before, text.slice(0, 20)).toBeLessThan(2_000 + busyMs);
    }
  });
});
