import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchEvents, storedBatchEvents } from './limits.ts';
import { countBatch, countEmit, countOne, isEmittableBatch, logPosition, readBatch } from './log-position.ts';
import type { EventDraft } from './schemas/event.ts';

const at = '2026-01-01T00:00:00.000Z';
const item = (index: number): EventDraft => ({ type: 'agent.emitted', at, data: { kind: 'item', index } });
const opens = (step: string): EventDraft => ({ type: 'agent.started', at, step, agent: 'a', data: {} });
const closes = (step: string): EventDraft => ({ type: 'agent.completed', at, step, agent: 'a', data: {} });
const emit = (step: string, attempt: number, n: number, count = 1) => ({
  step,
  attempt,
  n,
  events: Array.from({ length: count }, (_, index) => item(index)),
});

function open(...steps: string[]) {
  const position = logPosition(1);
  countBatch(position, steps.map(opens));
  return position;
}

describe('the counting rule', () => {
  it('takes the next emit of the newest attempt and the first of a newer one, and nothing else', () => {
    const position = open('a#1');
    const worth = (attempt: number, n: number) => countEmit(position, emit('a#1', attempt, n)) !== null;
    expect([worth(1, 2), worth(1, 1), worth(1, 1), worth(1, 3), worth(1, 2)]).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
    expect([worth(3, 2), worth(3, 1), worth(1, 3), worth(2, 1), worth(3, 2)]).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('takes emits of open steps only', () => {
    const position = open('a#1');
    expect(countEmit(position, emit('a#2', 1, 1))).toBeNull();
    countBatch(position, [closes('a#1')]);
    expect(countEmit(position, emit('a#1', 1, 1))).toBeNull();
    countBatch(position, [opens('a#1')]);
    expect(countEmit(position, emit('a#1', 1, 1))).not.toBeNull();
  });

  it('counts whatever comes without an exception, and what it refuses is worth none', () => {
    const value = fc.oneof(
      fc.anything({ maxDepth: 3 }),
      fc.record(
        {
          step: fc.constantFrom<unknown>('a#1', 'b#1', 5),
          attempt: fc.oneof(fc.constantFrom<unknown>(1, 2, Number.MAX_SAFE_INTEGER), fc.anything()),
          n: fc.oneof(fc.constantFrom<unknown>(1, 2, 3), fc.anything()),
          events: fc.array(fc.oneof(fc.constant(item(0)), fc.anything({ maxDepth: 1 })), { maxLength: 3 }),
          stored: fc.oneof(fc.constant({ ref: 'r', bytes: 1, type: 't' }), fc.anything({ maxDepth: 1 })),
          count: fc.oneof(fc.nat(10), fc.maxSafeInteger(), fc.anything({ maxDepth: 1 })),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 10 }), (payloads) => {
        const position = open('a#1');
        for (const payload of payloads) {
          const before = position.next;
          const accepted = countEmit(position, payload);
          const worth = accepted === null ? 0 : 'events' in accepted ? accepted.events.length : accepted.count;
          expect(position.next).toBe(before + worth);
          expect(worth).toBeLessThanOrEqual(storedBatchEvents);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the same numbers for the same history, however it is interleaved', () => {
    const entry = fc.oneof(
      fc.record({
        step: fc.constantFrom('a#1', 'b#1'),
        attempt: fc.integer({ min: 1, max: 3 }),
        n: fc.integer({ min: 1, max: 4 }),
      }),
      fc.constantFrom(opens('a#1'), opens('b#1'), closes('a#1'), closes('b#1')),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const seqs: number[] = [];
        const accepted = new Map<string, string>();
        const position = logPosition(1);
        seqs.push(countOne(position));
        for (const one of entries) {
          const first = position.next;
          if ('type' in one) {
            expect(countBatch(position, [one])).toBe(first);
            if (one.type === 'agent.started') accepted.delete(one.step ?? '');
          } else if (countEmit(position, emit(one.step, one.attempt, one.n, 2))) {
            const [attempt = 0, n = 0] = (accepted.get(one.step) ?? '0 0').split(' ').map(Number);
            expect(one.attempt > attempt ? one.n === 1 : one.attempt === attempt && one.n === n + 1).toBe(true);
            accepted.set(one.step, `${one.attempt} ${one.n}`);
          }
          for (let seq = first; seq < position.next; seq++) seqs.push(seq);
        }
        expect(seqs).toEqual(seqs.map((_, index) => index + 1));
      }),
    );
  });

  it('bounds what one signal is worth', () => {
    const stored = (count: number) => ({
      step: 'a#1',
      attempt: 1,
      n: 1,
      stored: { ref: 'r', bytes: 1, type: 't' },
      count,
    });
    expect(countEmit(open('a#1'), emit('a#1', 1, 1, batchEvents))).not.toBeNull();
    expect(countEmit(open('a#1'), emit('a#1', 1, 1, batchEvents + 1))).toBeNull();
    expect(countEmit(open('a#1'), stored(storedBatchEvents))).not.toBeNull();
    expect(countEmit(open('a#1'), stored(storedBatchEvents + 1))).toBeNull();
  });

  it('lets agents write nothing but what agents write', () => {
    for (const type of ['run.completed', 'agent.completed', 'agent.started', 'question.answered', 'supervisor.decided'])
      expect(isEmittableBatch([{ ...item(0), type }])).toBe(false);
    expect(isEmittableBatch([item(0), { ...item(1), type: 'agent.attempt_failed' }])).toBe(true);
  });
});

it('a memo that is no batch is none', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(readBatch(value)).toBeNull();
    }),
  );
  expect(readBatch({ first: 3, events: [item(0)] })).toEqual({ first: 3, events: [item(0)] });
  expect(readBatch({ first: 3, events: [item(0), null] })).toBeNull();
});
