import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchBytes, durableProgressPerSecond } from '../../protocol/limits.ts';
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import { AgentBench, testAgent } from './agent-bench.ts';

let bench: AgentBench;
const agents = [
  testAgent('counter', async (ctx, input) => {
    for (let count = 0; count < Number(input); count++) await ctx.emit('count', { count });
    return { done: null };
  }),
  testAgent('careless', async (ctx) => {
    const data = { count: 1 };
    void ctx.emit('changed', data);
    data.count = 2;
    void ctx.emit('changed', data);
    return { done: null };
  }),
  testAgent('large', async (ctx, input) => {
    await ctx.emit('before');
    await ctx.emit('page', { url: 'https://a.example/', text: 'z'.repeat(Number(input)) });
    await ctx.emit('after');
    return { done: null };
  }),
  testAgent('imposter', async (ctx) => {
    await ctx.emit('mine', { kind: 'not mine' });
    await ctx.emit('', {});
    return { done: null };
  }),
  testAgent('live', async (ctx) => {
    for (let count = 1; count <= 100; count++) ctx.progress(count / 200, `page ${count}`);
    ctx.text('streamed');
    ctx.progress(0.4, 'back');
    return { done: null };
  }),
  testAgent(
    'durable',
    async (ctx) => {
      for (let count = 1; count <= 100; count++) ctx.progress(count / 100, `page ${count}`);
      return { done: null };
    },
    { progress: 'durable' },
  ),
  testAgent('blobs', async (ctx) => {
    const blob = await ctx.storeBlob(new TextEncoder().encode('bytes'), 'text/plain');
    return { done: { blob, back: new TextDecoder().decode(await ctx.readBlob(blob)) } };
  }),
];

beforeAll(async () => {
  bench = await AgentBench.start(agents);
});
afterAll(() => bench.stop());

test('5,000 events arrive in order in a few batches, none over 64 KiB', async () => {
  const handle = await bench.begin('counter', { input: 5_000 });
  const result = await handle.result();
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ data }) => data['count'])).toEqual(Array.from({ length: 5_000 }, (_, count) => count));
  expect(result.refused).toBe(0);
  expect(result.accepted.length).toBeLessThan(500);
  for (const signal of result.accepted) expect(JSON.stringify(signal).length).toBeLessThan(batchBytes);
});

test('over the budget, events are stored as batches, and still all there in order', async () => {
  const handle = await bench.begin('counter', { input: 3_000, emitBudget: { signals: 2, bytes: 200_000 } });
  const result = await handle.result();
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ data }) => data['count'])).toEqual(Array.from({ length: 3_000 }, (_, count) => count));
  expect(result.accepted.filter((signal) => 'stored' in signal).length).toBeGreaterThan(0);
  expect(result.outcome?.emitted.signals).toBe(result.accepted.length);
});

test('an event is what it was when it was emitted, also where nobody waited for it', async () => {
  const handle = await bench.begin('careless');
  const events = await bench.events(await handle.result(), handle.workflowId);
  expect(events.map(({ data }) => data)).toEqual([
    { kind: 'changed', count: 1 },
    { kind: 'changed', count: 2 },
  ]);
});

test('an event of 3 MB is stored, keeps its place, and shows its small keys', async () => {
  const handle = await bench.begin('large', { input: 3_000_000 });
  const events = await bench.events(await handle.result(), handle.workflowId);
  expect(events.map(({ data }) => data['kind'])).toEqual(['before', 'page', 'after']);
  const data = events[1]?.data as { url: string; text?: string; blob: { ref: string; bytes: number } };
  expect(data).toMatchObject({ url: 'https://a.example/', preview: expect.any(String) });
  expect(data.text).toBeUndefined();
  const whole = JSON.parse(Buffer.from(await bench.store.get(handle.workflowId, data.blob.ref)).toString()) as object;
  expect(whole).toEqual({ kind: 'page', url: 'https://a.example/', text: 'z'.repeat(3_000_000) });
});

test("an event's kind is the one it was emitted with, and one without a kind is refused", async () => {
  const handle = await bench.begin('imposter');
  const result = await handle.result();
  expect(result.failure).toMatchObject({ code: 'agent_failed', message: expect.stringContaining('without a kind') });
  expect((await bench.events(result, handle.workflowId))[0]?.data).toEqual({ kind: 'mine' });
});

test('live progress is told on the bus, its newest last, and costs no signal', async () => {
  const frames: LiveFrame[] = [];
  using _ = bench.bus.onLive((run, frame) => {
    if (run.startsWith('live-')) frames.push(frame);
  });
  const result = await bench.run('live');
  expect(result.accepted).toEqual([]);
  expect(frames[0]).toMatchObject({ agent: 'live', step: 'live#1', attempt: 1, fraction: 0.005, message: 'page 1' });
  expect(frames.at(-1)).toMatchObject({ fraction: 0.5, message: 'back', text: 'streamed' });
  expect(frames.length).toBeLessThan(10);
  expect(result.outcome?.progress).toBe(0.5);
});

test('durable progress is in the log, the first and the newest of a burst', async () => {
  const handle = await bench.begin('durable');
  const events = await bench.events(await handle.result(), handle.workflowId);
  expect(events[0]).toMatchObject({ type: 'agent.progressed', data: { fraction: 0.01, message: 'page 1' } });
  expect(events.at(-1)).toMatchObject({ type: 'agent.progressed', data: { fraction: 1, message: 'page 100' } });
  expect(events.length).toBeLessThanOrEqual(durableProgressPerSecond);
});

test('an agent stores and reads bytes of its run', async () => {
  const { outcome } = await bench.run('blobs');
  expect(outcome).toMatchObject({ result: { blob: { bytes: 5, type: 'text/plain' }, back: 'bytes' } });
});
