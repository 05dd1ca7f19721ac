import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyState } from '../../protocol/fold.ts';
import type { CancelSignal, ResetSignal } from '../../protocol/execution.ts';
import { graceOf, interrupt, readCancel, readReset, type Interruption } from './interruption.ts';

const cancel = (mode: 'graceful' | 'now', by = 'p'): Interruption => ({
  kind: 'cancel',
  cancel: { reason: null, by, mode },
});
const reset: Interruption = { kind: 'reset', reset: {} as ResetSignal };
const limit: Interruption = { kind: 'limit', code: 'wall_time_limit' };

describe('an interruption', () => {
  it('is the first cancel, else the first of what came', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(cancel('now', 'a'), cancel('graceful', 'b'), reset, limit)), (all) => {
        const settled = all.reduce<Interruption | null>(interrupt, null);
        expect(settled).toBe(all.find(({ kind }) => kind === 'cancel') ?? all[0] ?? null);
      }),
    );
  });

  it('gives agents time to clean up, but for a reset and a cancel that does not wait', () => {
    expect([cancel('graceful'), limit, cancel('now'), reset].map((each) => graceOf(each, 800))).toEqual([
      800, 800, 0, 0,
    ]);
  });
});

describe('signals', () => {
  it('of whatever content make a cancel that can be logged', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { reason, by, mode }: CancelSignal = readCancel(value);
        expect(reason === null || typeof reason === 'string').toBe(true);
        expect(typeof by).toBe('string');
        expect(['graceful', 'now']).toContain(mode);
      }),
    );
  });

  it('make a reset only when they have all of it', () => {
    const whole = {
      cause: { type: 'run.reset', at: '2026-01-01T00:00:00.000Z', data: {} },
      state: emptyState('r'),
      input: 1,
    };
    expect(readReset(whole)).toBe(whole);
    expect(readReset({ ...whole, state: null })).toBeNull();
    expect(readReset({ ...whole, state: {} })).toBeNull();
    expect(readReset({ ...whole, cause: { ...whole.cause, data: undefined } })).toBeNull();
    expect(readReset({ ...whole, cause: { ...whole.cause, type: 'run.started' } })).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readReset(value)).toBeNull();
      }),
    );
  });
});
