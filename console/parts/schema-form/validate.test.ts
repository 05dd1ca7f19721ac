import { describe, expect, it } from 'vitest';
import { serverFaults } from './fault.ts';
import { validate } from './validate.ts';
import { busyMs } from '../../../test/harness/busy.ts';

const crawl = {
  type: 'object',
  properties: {
    url: { type: 'string', format: 'uri', maxLength: 30 },
    maxPages: { type: 'integer', minimum: 1, maximum: 5000 },
    onLimit: { type: 'string', enum: ['ask', 'stop'] },
    tags: { type: 'array', maxItems: 2, items: { type: 'string', minLength: 1 } },
  },
  required: ['url'],
  additionalProperties: false,
};

describe('faults are told where they are, in words', () => {
  it.each([
    [{}, ['url'], 'is needed'],
    [{ url: 'nothing' }, ['url'], 'must be a whole address, as in https://example.com/'],
    [{ url: 7 }, ['url'], 'must be text'],
    [{ url: `https://a.test/${'x'.repeat(30)}` }, ['url'], 'may have at most 30 characters, it has 45'],
    [{ url: 'https://a.test/', maxPages: 0 }, ['maxPages'], 'must be at least 1'],
    [{ url: 'https://a.test/', maxPages: 1.5 }, ['maxPages'], 'must be a whole number'],
    [{ url: 'https://a.test/', onLimit: 'x' }, ['onLimit'], 'must be one of ask, stop'],
    [{ url: 'https://a.test/', tags: ['a', ''] }, ['tags', 1], 'must not be empty'],
    [{ url: 'https://a.test/', tags: ['a', 'b', 'c'] }, ['tags'], 'may have at most 2 entries, it has 3'],
    [{ url: 'https://a.test/', 'a/b~c': 1 }, ['a/b~c'], 'is not known here'],
  ])('%j', (value, path, message) => {
    expect(validate(crawl, value)).toEqual([{ path, message }]);
  });

  it('constants as they are', () => {
    expect(validate({ const: { a: 'b' } }, 1)).toEqual([{ path: [], message: 'must be {"a":"b"}' }]);
    expect(validate({ enum: [1, null] }, 2)).toEqual([{ path: [], message: 'must be one of 1, null' }]);
  });

  it('and a value that fits has none', () => {
    expect(validate(crawl, { url: 'https://a.test/', maxPages: 3, tags: undefined })).toEqual([]);
  });

  it('and no value at all is one', () => {
    expect(validate(crawl, undefined)).toEqual([{ path: [], message: 'is needed' }]);
  });
});

describe('of alternatives', () => {
  const actions = {
    $ref: '#/$defs/Act',
    $defs: {
      Act: {
        oneOf: [
          {
            type: 'object',
            properties: { action: { const: 'retry' } },
            required: ['action'],
            additionalProperties: false,
          },
          {
            type: 'object',
            properties: { action: { const: 'reset' }, step: { type: 'string' } },
            required: ['action', 'step'],
            additionalProperties: false,
          },
        ],
      },
    },
  };

  it('the one that is meant tells its faults', () => {
    expect(validate(actions, { action: 'reset' })).toEqual([{ path: ['step'], message: 'is needed' }]);
    expect(validate(actions, { action: 'retry', x: 1 })).toEqual([{ path: ['x'], message: 'is not known here' }]);
  });

  it('none is meant: that is said of the whole', () => {
    expect(validate(actions, { action: 'dance' })).toEqual([{ path: [], message: 'is none of what is possible here' }]);
    expect(validate({ anyOf: [{ type: 'string' }, { type: 'null' }] }, 5)).toEqual([
      { path: [], message: 'is none of what is possible here' },
    ]);
  });
});

describe('schemas that agents give', () => {
  it('cannot hold the page up with a pattern that takes for ever', () => {
    const startedMs = performance.now();
    expect(validate({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(40)}!`)).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(busyMs);
  });

  it('that are none find nothing: the gateway has the last word', () => {
    expect(validate({ $ref: '#/$defs/nowhere' }, 1)).toEqual([]);
    expect(validate({ $ref: '#' }, 1)).toEqual([]);
    expect(validate({ type: 'string', pattern: '[' }, 'x')).toEqual([]);
  });

  it('are left as they were', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const before = structuredClone(schema);
    validate(schema, {});
    expect(schema).toEqual(before);
  });
});

describe('faults of the gateway', () => {
  it('belong to the place that they name within the form', () => {
    const faults = [
      { field: 'input.tags.0', message: 'too long' },
      { field: 'input', message: 'too large' },
      { field: 'inputs.x', message: 'other' },
    ];
    expect(serverFaults({ field: 'input.tags.0', faults }, 'input')).toEqual([
      { path: ['tags', 0], message: 'too long' },
      { path: [], message: 'too large' },
    ]);
  });

  it('without a list are the one field', () => {
    expect(serverFaults({ field: 'answer.x' }, 'answer')).toEqual([{ path: ['x'], message: 'is not right' }]);
    expect(serverFaults({}, 'answer')).toEqual([]);
  });
});
