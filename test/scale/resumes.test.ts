/** Many who come back at once, and many runs at once: nobody misses an event, nobody gets one twice. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { anonymous, readToEnd, startBaton, type TestBaton } from '../harness/baton.ts';
import { startTestGateway } from '../harness/start-test-gateway.ts';
import { unique } from '../harness/temporal-server.ts';
import { rounds } from '../harness/test-size.ts';

const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);
const clients = rounds(100, 1_000);
const emits = rounds(2_000, 10_000);
const runs = rounds(50, 2_000);
const lot = 100;

// A busy machine takes its time.
vi.setConfig({ testTimeout: rounds(3, 30) * 60_000, hookTimeout: 120_000 });

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'error' } });
});
afterAll(() => baton.stop());

/** Counts what comes after its cursor; resolves once the end is told. */
function resume(url: string, run: string, after: number): Promise<{ next: number; faults: string[] }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const faults: string[] = [];
    let next = after + 1;
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ id: '1', op: 'subscribe', run, after })));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as { kind?: string; event?: { seq: number } };
      if (frame.kind === 'gap') faults.push('a gap');
      if (frame.kind === 'event' && frame.event?.seq !== next++) faults.push(`${frame.event?.seq} for ${next - 1}`);
      if (frame.kind !== 'end') return;
      socket.terminate();
      resolve({ next, faults });
    });
  });
}

test(`${clients} clients that resume at random cursors get the rest of the log once (seed ${seed})`, async () => {
  const { run } = await baton.engine.runs.start(
    { blueprint: 'script', input: { steps: [{ script: [{ do: 'emit', count: emits, bytes: 50 }] }] } },
    anonymous,
  );
  const { length } = await readToEnd(baton.engine, run.id, { timeoutMs: 120_000 });
  // Cold: nothing of the log is in this one's memory yet.
  const gateway = await startTestGateway({ ...baton, engine: await baton.startEngine() });
  const url = `ws://127.0.0.1:${gateway.port}/v1/ws`;
  const cursors = fc.sample(fc.integer({ min: 0, max: length }), { seed, numRuns: clients });
  const began = performance.now();
  const all = await Promise.all(cursors.map((after) => resume(url, run.id, after)));
  console.log(`${clients} clients caught up with ${length} events in ${Math.round(performance.now() - began)} ms`);
  expect(all.flatMap(({ faults }) => faults)).toEqual([]);
  expect(new Set(all.map(({ next }) => next))).toEqual(new Set([length + 1]));
  await gateway.stop();
});

async function inLots(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += lot) await Promise.all(ids.slice(from, from + lot).map(act));
}

test(`${runs} runs that are tailed at once lose nothing`, async () => {
  const script = [
    { do: 'emit', count: 2 },
    { do: 'wait', ms: 500 },
    { do: 'emit', count: 2 },
  ];
  const ids = Array.from({ length: runs }, (_, index) => unique(`tail-${index}`));
  // On hold until all are tailed. A server that is asked for thousands of things at once answers some of them too late.
  const input = { steps: [{ script }] };
  await inLots(ids, (id) => baton.engine.runs.start({ blueprint: 'script', input, id, hold: true }, anonymous));
  const logs = ids.map((id) => readToEnd(baton.engine, id, { timeoutMs: 20 * 60_000 }));
  await inLots(ids, (id) => baton.engine.runs.begin(id, anonymous));
  for (const events of await Promise.all(logs)) {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ type }) => type === 'agent.emitted')).toHaveLength(4);
    expect(events.at(-1)?.type).toBe('run.completed');
  }
  const { values } = await baton.metrics.seqMismatch.get();
  expect(values.map(({ value }) => value)).toEqual([0]);
});
