import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyState } from '../../protocol/fold.ts';
import { eventDataBytes } from '../../protocol/limits.ts';
import type { EventDraft, RunEvent } from '../../protocol/schemas/event.ts';
import { Projection } from './projection.ts';
import type { Recorded } from './recorded.ts';

const at = '2026-01-01T00:00:00.000Z';
const recordedAt = '2026-01-01T00:00:01.000Z';
const cause = { type: 'run.started' as const, at, data: { blueprint: 'b', owner: null } };
const begin = (seq = 1): Recorded => ({
  kind: 'started',
  recordedAt,
  workflowType: 'b',
  continuedFrom: null,
  input: { seq, state: null, predecessor: null, cause, input: { a: 1 } },
});
const opens: EventDraft = { type: 'agent.started', at, agent: 'a', step: 'a#1', attempt: 1, data: {} };
const closes: EventDraft = { ...opens, type: 'agent.completed', data: { result: 1 } };
const item = (index: number): EventDraft => ({ ...opens, type: 'agent.emitted', data: { kind: 'item', index } });
const batch = (first: number, ...events: EventDraft[]): Recorded => ({
  kind: 'batch',
  recordedAt,
  value: { first, events },
});
const emit = (n: number, events: EventDraft[], attempt = 1): Recorded => ({
  kind: 'emit',
  recordedAt,
  payload: { step: 'a#1', attempt, n, events },
});
const completed: Recorded = {
  kind: 'closed',
  recordedAt,
  continuedBy: null,
  ending: { status: 'completed', result: 2 },
};

function project(entries: readonly Recorded[], options: { whole?: boolean } = {}) {
  const mismatches: { said: number; counted: number }[] = [];
  const projection = new Projection({ run: 'r', ...options, onMismatch: (mismatch) => mismatches.push(mismatch) });
  const events: RunEvent[] = entries.flatMap((entry) => projection.take(entry));
  return { projection, events, mismatches };
}

describe('a projection', () => {
  it('numbers start, batches, emits and the end in the order of the history', () => {
    const { events, mismatches, projection } = project([
      begin(),
      batch(2, opens),
      emit(1, [item(0), item(1)]),
      batch(5, closes),
      completed,
    ]);
    expect(events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 run.started',
      '2 agent.started',
      '3 agent.emitted',
      '4 agent.emitted',
      '5 agent.completed',
      '6 run.completed',
    ]);
    expect(mismatches).toEqual([]);
    expect(projection.state).toMatchObject({ status: 'completed', result: 2, lastSeq: 6 });
  });

  it('lets the history win over what a batch says, goes on, and tells of it', () => {
    const { events, mismatches } = project([begin(), batch(7, opens), emit(1, [item(0)]), batch(4, closes)]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(mismatches).toEqual([{ run: 'r', said: 7, counted: 2 }]);
  });

  it('gives a second signal of the same number, and what is malformed, no place', () => {
    const { events } = project([
      begin(),
      batch(2, opens),
      emit(1, [item(0)]),
      emit(1, [item(0)]),
      { kind: 'emit', recordedAt, payload: null },
      { kind: 'batch', recordedAt, value: { first: 4 } },
      emit(2, [item(1)]),
    ]);
    expect(events.map(({ seq, data }) => [seq, data['index']])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, 0],
      [4, 1],
    ]);
  });

  it('keeps the places of stored events that cannot be read', () => {
    const stored = { ref: 'x', bytes: 1, type: 't' };
    const payload = { step: 'a#1', attempt: 1, n: 1, stored, count: 3 };
    const { events } = project([
      begin(),
      batch(2, opens),
      { kind: 'emit', recordedAt, payload, stored: [item(0)] },
      { ...emit(2, [item(9)]) },
    ]);
    expect(events.slice(2).map(({ seq, data }) => [seq, data['kind'], data['index']])).toEqual([
      [3, 'item', 0],
      [4, 'lost', undefined],
      [5, 'lost', undefined],
      [6, 'item', 9],
    ]);
  });

  it('cuts what it gives, and folds the whole', () => {
    const large: EventDraft = {
      ...closes,
      data: { result: 'x'.repeat(eventDataBytes), update: { a: 'y'.repeat(2_000) } },
    };
    const entries = [begin(), batch(2, opens), batch(3, large)];
    const { events, projection } = project(entries);
    expect(events.at(-1)?.data).toMatchObject({ blob: { ref: 'event-3' } });
    expect(projection.state.context['a']).toHaveLength(2_000);
    expect(project(entries, { whole: true }).events.at(-1)?.data).toEqual(large.data);
  });

  it('begins where its execution says, from its state', () => {
    const state = { ...emptyState('other'), iteration: 4 };
    const input = { seq: 41, state, predecessor: 'before', cause: null, input: null };
    const start: Recorded = { kind: 'started', recordedAt, workflowType: 'b', continuedFrom: 'x', input };
    const { events, projection } = project([start, batch(41, opens)]);
    expect(events.map(({ seq }) => seq)).toEqual([41]);
    expect(projection).toMatchObject({ firstSeq: 41, predecessor: 'before', state: { id: 'r', iteration: 4 } });
  });

  it('numbers without a hole whatever the history holds, the same however its pages are cut', () => {
    const entry: fc.Arbitrary<Recorded> = fc.oneof(
      fc
        .record({ n: fc.integer({ min: 1, max: 3 }), attempt: fc.integer({ min: 1, max: 2 }), count: fc.nat(3) })
        .map(({ n, attempt, count }) =>
          emit(
            n,
            Array.from({ length: count }, (_, index) => item(index)),
            attempt,
          ),
        ),
      fc.constantFrom(opens, closes).map((draft) => batch(1, draft)),
      fc.anything({ maxDepth: 2 }).map((payload): Recorded => ({ kind: 'emit', recordedAt, payload })),
      fc.anything({ maxDepth: 2 }).map((value): Recorded => ({ kind: 'batch', recordedAt, value })),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const all = [begin(), ...entries, completed];
        const { events, projection } = project(all);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        expect(projection.state.lastSeq).toBe(events.length);
        expect(project(all).events).toEqual(events);
      }),
      { numRuns: 300 },
    );
  });
});
