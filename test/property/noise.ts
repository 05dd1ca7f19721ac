/** Signals that no part of Baton sends: each must be worth nothing, for the workflow and for the projection. */
import fc from 'fast-check';

const draft = { type: 'agent.emitted', at: '2026-01-01T00:00:00.000Z', data: { kind: 'noise', index: 0 } };
const names = fc.constantFrom('scripted#1', 'scripted#2', 'scripted#99', '', '__proto__');

const malformed = fc.oneof(
  fc.anything({ maxDepth: 2 }).filter(isSendable),
  fc.record({
    step: names,
    attempt: fc.constantFrom(0, -1, 1.5, '1', null, 2 ** 60),
    n: fc.constant(1),
    events: fc.constant([draft]),
  }),
  fc.record({
    step: names,
    attempt: fc.constant(1),
    n: fc.constantFrom(0, 1_000_000, -1, 1e99, '1'),
    events: fc.constant([draft]),
  }),
  fc.record({
    step: names,
    attempt: fc.constant(1_000),
    n: fc.constant(1),
    events: fc.constantFrom<unknown>(
      [],
      {},
      'events',
      [null],
      [{ ...draft, type: 'run.completed' }],
      [{ ...draft, type: 'agent.completed' }],
      [{ ...draft, at: 5 }],
      [{ ...draft, data: [] }],
      [{ ...draft, agent: {} }],
      [draft, 5],
    ),
  }),
  fc.record({
    step: names,
    attempt: fc.constant(1_000),
    n: fc.constant(1),
    stored: fc.constantFrom<unknown>(null, 'ref', {}, { ref: 5 }, { ref: 'none' }),
    count: fc.constantFrom<unknown>(0, -1, 1.5, 1e15, '1', null),
  }),
  // Well formed, of a step that is not there.
  fc.record({
    step: fc.constant('nobody#1'),
    attempt: fc.constant(1),
    n: fc.constant(1),
    events: fc.constant([draft]),
  }),
);

export function noise(seed: number, count: number): unknown[] {
  return fc.sample(malformed, { seed, numRuns: count });
}

/** What JSON has no word for is no payload. */
function isSendable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
