import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EmitSignal } from '../protocol/execution.ts';
import { batchBytes, batchEvents, emitBacklogBytes, storedBatchIntervalMs } from '../protocol/limits.ts';
import { countBatch, countEmit, logPosition } from '../protocol/log-position.ts';
import type { EventDraft } from '../protocol/schemas/event.ts';
import { ManualClock } from '../test/harness/manual-clock.ts';
import { EmitRefused } from './emit-refused.ts';
import { Emitter, type EmitterOptions } from './emitter.ts';

const at = '2026-01-01T00:00:00.000Z';

function draftOf(name: string, padding = 0): EventDraft {
  return {
    type: 'agent.emitted',
    at,
    agent: 'a',
    step: 'a#1',
    attempt: 1,
    data: { kind: name, text: 'x'.repeat(padding) },
  };
}

/** A workflow that counts as the real one does, and an emitter that sends to it. */
function bench(options: Partial<EmitterOptions> & { fault?: () => 'none' | 'lost' | 'unacknowledged' } = {}) {
  const clock = new ManualClock();
  const position = logPosition(1);
  countBatch(position, [{ at, type: 'agent.started', step: 'a#1', data: {} }]);
  const blobs = new Map<string, readonly EventDraft[]>();
  const received: EmitSignal[] = [];
  const log: EventDraft[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const emitter = new Emitter({
    step: 'a#1',
    attempt: 1,
    budget: { signals: 8_000, bytes: 24 * 1024 * 1024 },
    spent: { signals: 0, bytes: 0 },
    clock,
    onTrouble: () => undefined,
    store: async (drafts) => {
      const ref = `blob-${blobs.size}`;
      blobs.set(ref, drafts);
      return { ref, bytes: 1, type: 'application/json' };
    },
    send: async (signal) => {
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      await clock.settle();
      inFlight -= 1;
      const fault = options.fault?.() ?? 'none';
      if (fault === 'lost') throw new Error('UNAVAILABLE');
      received.push(signal);
      const accepted = countEmit(position, signal);
      if (accepted) log.push(...('events' in accepted ? accepted.events : (blobs.get(accepted.stored.ref) ?? [])));
      if (fault === 'unacknowledged') throw new Error('DEADLINE_EXCEEDED');
    },
    ...options,
  });
  const add = (draft: EventDraft) => emitter.add(draft, Buffer.byteLength(JSON.stringify(draft)));
  return {
    clock,
    emitter,
    add,
    received,
    log,
    names: () => log.map(({ data }) => data['kind']),
    most: () => mostInFlight,
  };
}

/** Moves the clock until the promise has settled. */
async function finish(clock: ManualClock, promise: Promise<unknown>): Promise<void> {
  const pending = Symbol('pending');
  for (let turn = 0; turn < 100_000; turn++) {
    if ((await Promise.race([promise, Promise.resolve(pending)])) !== pending) return;
    await clock.advance(50);
  }
  throw new Error('it never settled');
}

test('whatever is emitted arrives once and in order, over lost signals and lost acknowledgements', async () => {
  const operation = fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constant('add' as const), padding: fc.nat(2_000) }) },
    {
      weight: 1,
      arbitrary: fc.record({ op: fc.constant('add' as const), padding: fc.integer({ min: 20_000, max: 32_000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ op: fc.constant('prepare' as const), padding: fc.nat(500), takesMs: fc.nat(300) }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('pass' as const), ms: fc.nat(400) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 120 }),
      fc.infiniteStream(
        fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'lost' as const, 'unacknowledged' as const),
      ),
      fc.record({ signals: fc.constantFrom(0, 3, 20, 8_000), bytes: fc.constantFrom(0, 200_000, 24 * 1024 * 1024) }),
      async (operations, faults, budget) => {
        const b = bench({ budget, fault: () => faults.next().value ?? 'none' });
        const expected: string[] = [];
        for (const [index, step] of operations.entries()) {
          if (step.op === 'pass') {
            await b.clock.advance(step.ms);
            continue;
          }
          const draft = draftOf(`${index}`, step.padding);
          expected.push(`${index}`);
          if (step.op === 'add') {
            void b.add(draft);
          } else {
            const prepared = new Promise<{ draft: EventDraft; bytes: number }>((resolve) => {
              b.clock.after(step.takesMs, () => resolve({ draft, bytes: 100 }));
            });
            void b.emitter.add(draft, 100_000, prepared);
          }
        }
        await finish(b.clock, b.emitter.flush());
        expect(b.names()).toEqual(expected);
        expect(b.most()).toBeLessThanOrEqual(1);
        for (const signal of b.received) {
          expect(Buffer.byteLength(JSON.stringify(signal))).toBeLessThan(batchBytes);
          if ('events' in signal) expect(signal.events.length).toBeLessThanOrEqual(batchEvents);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('the first events go at once, each by itself if they are apart', async () => {
  const b = bench();
  await b.add(draftOf('one'));
  await b.clock.settle();
  await b.clock.settle();
  await b.clock.settle();
  expect(b.names()).toEqual(['one']);
  await b.add(draftOf('two'));
  await b.clock.advance(0);
  await b.clock.advance(0);
  await b.clock.advance(0);
  expect(b.received.map(({ n }) => n)).toEqual([1, 2]);
});

test('events that come while a signal is in flight gather in the next one', async () => {
  const b = bench();
  void b.add(draftOf('first'));
  await b.clock.settle();
  for (let count = 0; count < 700; count++) void b.add(draftOf(`${count}`));
  await finish(b.clock, b.emitter.flush());
  expect(b.received.map((signal) => ('events' in signal ? signal.events.length : 0))).toEqual([1, 500, 200]);
});

test('an agent that emits every 20 ms for ten minutes keeps within its share of signals, ever more slowly', async () => {
  const b = bench();
  for (let tick = 0; tick < 30_000; tick++) {
    void b.add(draftOf(`${tick}`));
    await b.clock.advance(20);
  }
  await finish(b.clock, b.emitter.flush());
  expect(b.log).toHaveLength(30_000);
  expect(b.received.length).toBeLessThan(6_500);
  expect(b.received.every((signal) => 'events' in signal)).toBe(true);
}, 120_000);

test('over the budget of signals, events leave as stored batches every five seconds, and the rest at the end', async () => {
  const b = bench({ budget: { signals: 2, bytes: 1_000_000 } });
  for (let count = 0; count < 40; count++) {
    void b.add(draftOf(`${count}`));
    await b.clock.advance(500);
  }
  await finish(b.clock, b.emitter.flush());
  expect(b.names()).toEqual(Array.from({ length: 40 }, (_, count) => `${count}`));
  const stored = b.received.filter((signal) => 'stored' in signal);
  expect(stored.length).toBeGreaterThanOrEqual(3);
  expect(stored.length).toBeLessThanOrEqual(20_000 / storedBatchIntervalMs + 1);
});

test('over the budget of bytes too, and what earlier attempts have spent counts', async () => {
  const b = bench({ budget: { signals: 100, bytes: 200_000 }, spent: { signals: 5, bytes: 150_000 } });
  await b.add(draftOf('x'));
  await finish(b.clock, b.emitter.flush());
  expect(b.received[0]).toMatchObject({ n: 1, count: 1 });
  expect(b.emitter.spent).toEqual({ signals: 6, bytes: 150_600 });
});

test('with 32 MiB waiting, emit waits until there is room', async () => {
  let isUp = false;
  const b = bench({ fault: () => (isUp ? 'none' : 'lost') });
  const eventBytes = 32_000;
  let taken = 0;
  for (let count = 0; count <= emitBacklogBytes / eventBytes + 5; count++)
    void b.add(draftOf(`${count}`, eventBytes)).then(() => taken++);
  await b.clock.advance(100);
  expect(taken).toBeLessThanOrEqual(emitBacklogBytes / eventBytes);
  expect(taken).toBeGreaterThan(emitBacklogBytes / eventBytes - 10);
  isUp = true;
  await finish(b.clock, b.emitter.flush());
  expect(taken).toBe(b.log.length);
});

test('an execution that is gone ends it: whoever emits or flushes is told', async () => {
  const gone = new EmitRefused('gone', true);
  const b = bench({ send: () => Promise.reject(gone) });
  await b.add(draftOf('x'));
  await expect(b.emitter.flush()).rejects.toBe(gone);
  await expect(b.add(draftOf('y'))).rejects.toBe(gone);
});

test('an attempt that has ended stops trying', async () => {
  let tries = 0;
  const b = bench({ send: () => Promise.reject(new Error(`UNAVAILABLE ${++tries}`)) });
  void b.add(draftOf('x')).catch(() => undefined);
  await b.clock.advance(5_000);
  const ended = new Error('the attempt has ended');
  b.emitter.abandon(ended);
  await expect(b.emitter.flush()).rejects.toBe(ended);
  const before = tries;
  await b.clock.advance(60_000);
  expect(before).toBeGreaterThan(3);
  expect(tries).toBe(before);
});

test('an event whose data cannot be stored is refused alone; those around it arrive', async () => {
  const b = bench();
  void b.add(draftOf('before'));
  const refused = b.emitter.add(draftOf('bad'), 100_000, Promise.reject(new Error('too large')));
  void b.add(draftOf('after'));
  await expect(refused).rejects.toThrow('too large');
  await finish(b.clock, b.emitter.flush());
  expect(b.names()).toEqual(['before', 'after']);
});
