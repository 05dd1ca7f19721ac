import { expect, it } from 'vitest';
import { actionNames } from './actions.ts';
import { readBulk, readEdits } from './bulk-request.ts';

it('an address is the request that the gateway takes', () => {
  const search = { do: 'retry', status: 'failed', code: 'agent_timeout', 'do.perSecond': '2.5' };
  expect(readBulk(search, undefined)).toEqual({
    action: 'retry',
    request: { action: 'retry', perSecond: 2.5, filter: { status: ['failed'], code: 'agent_timeout' } },
    faults: {},
  });
});

it('the step that runs failed in is one thing, the step that is reset to another', () => {
  const { request } = readBulk({ do: 'reset', step: 'b#2', 'do.step': 'a#1' }, { context: { depth: 1 } });
  expect(request).toEqual({
    action: 'reset',
    perSecond: 10,
    filter: { step: 'b#2' },
    step: 'a#1',
    edits: { context: { depth: 1 } },
  });
});

it('an action gets its own options only', () => {
  const options = { 'do.step': 'a#1', 'do.reason': 'so', 'do.now': '1', 'do.force': '1', 'do.terminate': '1' };
  const given = actionNames.map((action) => {
    const { request } = readBulk({ ...options, do: action, owner: 'ann' }, { input: 1 });
    const { filter: _f, perSecond: _p, action: name, ...rest } = request ?? { action: 'none' };
    return [name, Object.keys(rest).toSorted()];
  });
  expect(Object.fromEntries(given)).toEqual({
    retry: [],
    resume: ['edits'],
    reset: ['edits', 'step'],
    fork: ['edits', 'step'],
    pause: ['reason', 'step'],
    unpause: ['force', 'step'],
    'retry-step': ['force', 'step'],
    cancel: ['mode', 'reason'],
    terminate: ['reason'],
    delete: ['terminate'],
  });
});

it('without a filter every run must be said', () => {
  expect(readBulk({ do: 'pause' }, undefined)).toMatchObject({ request: null, faults: { all: expect.any(String) } });
  expect(readBulk({ do: 'pause', all: '1' }, undefined).request).toEqual({ action: 'pause', perSecond: 10, all: true });
  // With one, it is the filter that counts.
  expect(readBulk({ do: 'pause', all: '1', owner: 'ann' }, undefined).request).not.toHaveProperty('all');
});

it('a filter that is wrong in part is not taken for a wider one', () => {
  expect(readBulk({ do: 'delete', status: 'lost' }, undefined)).toMatchObject({
    request: null,
    faults: { filter: expect.stringContaining('lost') },
  });
});

it('says what is missing or wrong', () => {
  expect(readBulk({ do: 'explode', owner: 'ann' }, undefined).faults).toHaveProperty('do');
  expect(readBulk({ do: 'reset', owner: 'ann' }, undefined).faults).toHaveProperty(['do.step']);
  expect(readBulk({ do: 'resume', owner: 'ann' }, null).faults).toHaveProperty('edits');
  for (const pace of ['0', '101', '-1', 'fast', 'Infinity'])
    expect(readBulk({ do: 'retry', owner: 'ann', 'do.perSecond': pace }, undefined).faults, pace).toHaveProperty([
      'do.perSecond',
    ]);
});

it('edits are an object, or nothing', () => {
  expect(readEdits(' ')).toBeUndefined();
  expect(readEdits('{"context": {}}')).toEqual({ context: {} });
  for (const text of ['{', '5', '[]', 'null']) expect(readEdits(text), text).toBeNull();
});
