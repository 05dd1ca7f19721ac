import { afterEach, expect, test, vi } from 'vitest';
import { BatonError } from '../protocol/errors.ts';
import { webhookExpectMs } from '../protocol/limits.ts';
import { tellPort } from './tell-port.ts';

type Event = { seq: number; type: string };
type Listener = { more: () => void };

/** A run's log that grows while it is read. */
class Run {
  isThere = true;
  ended = false;
  events: Event[] = [];
  readonly listeners = new Set<Listener>();
  released = 0;

  get lastSeq(): number {
    return this.events.length;
  }
  add(...types: string[]): void {
    for (const type of types) this.events.push({ seq: this.lastSeq + 1, type });
    for (const listener of this.listeners) listener.more();
  }
}

function feedOf(run: Run) {
  return {
    run: 'r',
    get lastSeq() {
      return run.lastSeq;
    },
    get ended() {
      return run.ended;
    },
    read: async (after: number) => ({ entries: run.events.slice(after, after + 2).map((event) => ({ event })) }),
    view: () => ({ blueprint: 'b', owner: null }),
    listen: (listener: Listener) => {
      run.listeners.add(listener);
      return { [Symbol.dispose]: () => void run.listeners.delete(listener) };
    },
    catchUp: async () => undefined,
    [Symbol.dispose]: () => void run.released++,
  };
}

const never = new AbortController().signal;
let nowMs = 0;

function portOf(run: Run) {
  const open = vi.fn(async () => {
    if (!run.isThere) throw new BatonError('run_not_found', 'there is no run r');
    return feedOf(run);
  });
  const commands = { feeds: { open }, close: async () => undefined };
  return tellPort(
    async () => commands as never,
    () => nowMs,
  );
}

afterEach(() => {
  nowMs = 0;
});

test('the next event that is told of is found behind others, and nothing is held afterwards', async () => {
  const run = new Run();
  run.add('run.started', 'agent.started', 'agent.emitted', 'question.asked', 'run.completed');
  const next = await portOf(run).next({ run: 'r', after: 0, expected: 1 }, never);
  expect(next).toMatchObject({ event: { seq: 4, type: 'question.asked' }, blueprint: 'b' });
  expect([run.released, run.listeners.size]).toEqual([1, 0]);
});

test('it waits for what comes', async () => {
  const run = new Run();
  run.add('run.started');
  const next = portOf(run).next({ run: 'r', after: 0, expected: 1 }, never);
  await expect.poll(() => run.listeners.size).toBe(1);
  run.add('agent.started');
  run.add('run.failed');
  expect(await next).toMatchObject({ event: { seq: 3 } });
});

test('a run that was announced may begin later', async () => {
  const run = new Run();
  run.isThere = false;
  const next = portOf(run).next({ run: 'r', after: 0, expected: 1 }, never);
  await new Promise((resolve) => void setImmediate(resolve));
  run.add('run.started', 'run.completed');
  run.isThere = true;
  expect(await next).toMatchObject({ event: { type: 'run.completed' } });
});

test('a run that never begins is given up', async () => {
  const run = new Run();
  run.isThere = false;
  const next = portOf(run).next({ run: 'r', after: 0, expected: 1 }, never);
  await new Promise((resolve) => void setImmediate(resolve));
  nowMs = webhookExpectMs;
  expect(await next).toEqual({ event: null, lastSeq: 0 });
});

test('a run that has ended and is expected to go on is waited for; else it is over', async () => {
  const run = new Run();
  run.add('run.started', 'run.failed');
  run.ended = true;
  expect(await portOf(run).next({ run: 'r', after: 2, expected: 1 }, never)).toEqual({ event: null, lastSeq: 2 });
  const next = portOf(run).next({ run: 'r', after: 2, expected: 3 }, never);
  run.add('run.retried', 'run.completed');
  expect(await next).toMatchObject({ event: { seq: 4, type: 'run.completed' } });
});

test('a worker that stops is heard while nothing comes', async () => {
  const run = new Run();
  run.add('run.started');
  const stopping = new AbortController();
  const next = portOf(run).next({ run: 'r', after: 1, expected: 1 }, stopping.signal);
  await expect.poll(() => run.listeners.size).toBe(1);
  stopping.abort(new Error('stopped'));
  await expect(next).rejects.toThrow('stopped');
  expect([run.released, run.listeners.size]).toEqual([1, 0]);
});
