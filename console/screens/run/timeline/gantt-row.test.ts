import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../../client/index.ts';
import { depthsOf, ganttRow, placeOfStep, spanOf } from './gantt-row.ts';

const at = (ms: number) => new Date(ms).toISOString();
const range = { fromMs: 0, toMs: 1_000 };
const step = (more: object) =>
  ({
    step: 'a#1',
    seq: 1,
    startedAt: at(0),
    endedAt: at(1_000),
    delegatedBy: null,
    attempts: [],
    waits: [],
    questions: [],
    ...more,
  }) as unknown as TimelineStep;

test('attempts, waits and questions of a step lie where they were', () => {
  const row = ganttRow(
    step({
      startedAt: at(100),
      endedAt: at(900),
      attempts: [
        { attempt: 1, outcome: 'failed', startedAt: at(100), endedAt: at(300) },
        { attempt: 2, outcome: 'lost', startedAt: null, endedAt: null },
        { attempt: 3, outcome: 'completed', startedAt: at(500), endedAt: at(900) },
      ],
      waits: [{ for: 'backoff', from: at(300), to: at(500), ms: 200 }],
      questions: [{ id: 'q', askedAt: at(600), status: 'answered' }],
    }),
    range,
    9_999,
  );
  expect(row).toEqual({
    bar: { left: 10, width: 80 },
    attempts: [
      { attempt: 1, outcome: 'failed', left: 10, width: 20 },
      { attempt: 3, outcome: 'completed', left: 50, width: 40 },
    ],
    waits: [{ for: 'backoff', left: 30, width: 20 }],
    questions: [{ id: 'q', left: 60, isOpen: false }],
  });
});

test('what is not over lasts until now', () => {
  const row = ganttRow(step({ endedAt: null, waits: [{ for: 'person', from: at(250), to: null }] }), range, 750);
  expect(row.bar).toEqual({ left: 0, width: 75 });
  expect(row.waits).toEqual([{ for: 'person', left: 25, width: 50 }]);
});

test('whatever lies in sight is drawn inside, and can be seen', () => {
  const moment = fc.integer({ min: -5_000, max: 5_000 });
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      const span = spanOf(range, Math.min(a, b), Math.max(a, b));
      if (span === null) {
        expect(Math.max(a, b) < 0 || Math.min(a, b) > 1_000).toBe(true);
        return;
      }
      expect(span.left).toBeGreaterThanOrEqual(0);
      expect(span.left + span.width).toBeLessThanOrEqual(100 + 1e-9);
      if (span.left < 99) expect(span.width).toBeGreaterThan(0.1);
    }),
  );
});

test('a delegated step stands below the one that waits for it', () => {
  const steps = [
    step({}),
    step({ step: 'b#1', delegatedBy: 'a#1' }),
    step({ step: 'c#1', delegatedBy: 'b#1' }),
    step({ step: 'd#1' }),
  ];
  expect(depthsOf(steps)).toEqual([0, 1, 2, 0]);
});

test('an address means the newest step of a name, unless it says which', () => {
  const steps = [step({ seq: 3 }), step({ step: 'b#1', seq: 9 }), step({ seq: 20 })];
  expect([
    placeOfStep(steps, 'a#1', undefined),
    placeOfStep(steps, 'a#1', '3'),
    placeOfStep(steps, 'a#1', '4'),
  ]).toEqual([2, 0, 2]);
  expect([placeOfStep(steps, 'x#1', '3'), placeOfStep(steps, undefined, '3')]).toEqual([-1, -1]);
});
