import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressOf } from './progress-of.ts';

test.each([
  { params: { progress: 3, total: 4, message: 'm' }, told: { fraction: 0.75, message: 'm' } },
  { params: { progress: 0.2 }, told: { fraction: 0.2, message: null } },
  { params: { progress: 1 }, told: { fraction: null, message: null } },
  { params: { progress: 17, message: 'page 17' }, told: { fraction: null, message: 'page 17' } },
  { params: { progress: 9, total: 4 }, told: { fraction: 1, message: null } },
  { params: { progress: 0.5, total: 0 }, told: { fraction: 0.5, message: null } },
])('notifications/progress: $params', ({ params, told }) => {
  expect(progressOf(params)).toEqual(told);
});

test.each([
  {
    params: { progress: 0.2, total: 1.0, message: 'reading files' },
    told: { fraction: 0.2, message: 'reading files' },
  },
  { params: { progress: 1 }, told: { fraction: 1, message: null } },
  { params: { progress: 35, total: 1 }, told: { fraction: 1, message: null } },
])('$/progress has a total of 1: $params', ({ params, told }) => {
  expect(progressOf(params, 1)).toEqual(told);
});

test('whatever a server sends, it is no progress or a fraction in [0, 1] or none', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.constantFrom(null, 1), (progress, total, defaultTotal) => {
      const told = progressOf({ progress, total }, defaultTotal);
      if (told?.fraction == null) return;
      expect(told.fraction).toBeGreaterThanOrEqual(0);
      expect(told.fraction).toBeLessThanOrEqual(1);
    }),
  );
  for (const params of [null, 1, 'x', [], {}, { progress: '1' }]) expect(progressOf(params)).toBeNull();
});
