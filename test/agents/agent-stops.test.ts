import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentContext } from '../../protocol/agent.ts';
import type { AgentStopped } from '../../protocol/agent-stopped.ts';
import { readHeartbeat } from '../../protocol/heartbeat.ts';
import { heartbeatIntervalMs } from '../../protocol/limits.ts';
import type { RunningWorker } from '../../worker/start-worker.ts';
import { until } from '../harness/until.ts';
import { AgentBench, testAgent, type Handle } from './agent-bench.ts';
import { busyMs } from '../harness/busy.ts';

const why = (ctx: AgentContext) => (ctx.signal.reason as AgentStopped).why;
const told = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

let begun: string[] = [];
let stops: string[] = [];
const agents = [
  testAgent('polite', async (ctx) => {
    begun.push(ctx.run);
    ctx.progress(0.4, 'at work');
    ctx.checkpoint({ page: 4 });
    await ctx.emit('began', { attempt: ctx.attempt, resumedFrom: ctx.resumedFrom });
    if (ctx.resumedFrom !== undefined) return { done: ctx.resumedFrom };
    await told(ctx.signal);
    stops.push(`${ctx.run} ${why(ctx)}`);
    void ctx.emit('last words', { why: why(ctx) });
    ctx.signal.throwIfAborted();
    return { done: null };
  }),
  testAgent('stubborn', async (ctx) => {
    begun.push(ctx.run);
    if (ctx.attempt > 1) return { done: 'second attempt' };
    await new Promise(() => undefined);
    return { done: null };
  }),
  testAgent('finisher', async (ctx) => {
    begun.push(ctx.run);
    await told(ctx.signal);
    return { done: 'pretends to be done' };
  }),
];

let bench: AgentBench;
let worker: RunningWorker;
beforeEach(async () => {
  begun = [];
  stops = [];
  bench = await AgentBench.withoutWorker();
  worker = await bench.addWorker(agents);
});
afterEach(() => bench.stop());

async function atWork(handle: Handle): Promise<void> {
  await until('the agent to begin', () => begun.includes(handle.workflowId));
}

test('a cancelled agent is told and gone within a second, and its last events are in the log', async () => {
  const handle = await bench.begin('polite');
  await atWork(handle);
  const askedAt = Date.now();
  await handle.signal('stop the agent');
  const result = await handle.result();
  expect(Date.now() - askedAt).toBeLessThan(1_000 + busyMs);
  expect(result.isCancelled).toBe(true);
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ data }) => data)).toEqual([
    { kind: 'began', attempt: 1 },
    { kind: 'last words', why: 'cancelled' },
  ]);
});

test('an agent that returns a result because it was cancelled is cancelled all the same', async () => {
  const handle = await bench.begin('finisher');
  await atWork(handle);
  await handle.signal('stop the agent');
  expect(await handle.result()).toMatchObject({ isCancelled: true, outcome: null });
});

test('the newest progress is in the heartbeat within two intervals, whatever the agent does', async () => {
  const handle = await bench.begin('polite');
  const beat = await until('a heartbeat', async () => {
    const { raw } = await handle.describe();
    const details = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
    return details ? readHeartbeat(JSON.parse(Buffer.from(details).toString())) : null;
  });
  expect(beat).toMatchObject({
    agent: 'polite',
    step: 'polite#1',
    attempt: 1,
    fraction: 0.4,
    message: 'at work',
    checkpoint: { value: { page: 4 } },
    failures: 0,
  });
  await handle.signal('stop the agent');
  await handle.result();
  expect(heartbeatIntervalMs).toBeLessThanOrEqual(250);
});

test('a worker that stops gives its agents back: another goes on from the checkpoint, and no failure is counted', async () => {
  const handle = await bench.begin('polite', { maxAttempts: 1 }, { maximumAttempts: 5 });
  await atWork(handle);
  const [, , result] = await Promise.all([worker.stop(), bench.addWorker(agents), handle.result()]);
  expect(result.outcome).toMatchObject({ kind: 'done', result: { page: 4 }, attempt: 2, progress: 0.4 });
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ type, attempt, data }) => [type, attempt, data['kind']])).toEqual([
    ['agent.emitted', 1, 'began'],
    ['agent.emitted', 1, 'last words'],
    ['agent.emitted', 2, 'began'],
  ]);
  expect(stops).toEqual([`${handle.workflowId} stopping`]);
});

test('a worker stops in seconds though an agent does not hear, and the agent begins anew elsewhere', async () => {
  const handle = await bench.begin('stubborn');
  await atWork(handle);
  const askedAt = Date.now();
  await worker.stop();
  expect(Date.now() - askedAt).toBeLessThan(5_000 + busyMs);
  await bench.addWorker(agents);
  expect((await handle.result()).outcome).toMatchObject({ result: 'second attempt', attempt: 2 });
});

test('an agent whose run was terminated is told that it is gone', async () => {
  const handle = await bench.begin('polite');
  await atWork(handle);
  await handle.terminate('enough');
  await until('the agent to be told', () => stops.includes(`${handle.workflowId} gone`));
});

test('requestCancel cancels an execution natively, and does nothing to one that has ended', async () => {
  const handle = await bench.begin('polite');
  await atWork(handle);
  const requestCancel = async () => {
    const canceller = await bench.begin('requestCancel', {
      ...({ workflowId: handle.workflowId, runId: handle.firstExecutionRunId } as object),
    });
    return await canceller.result();
  };
  expect(await requestCancel()).toMatchObject({ failure: null, isCancelled: false });
  const result = await handle.result();
  expect(result.isCancelled).toBe(true);
  expect((await handle.describe()).status.name).toBe('COMPLETED');
  expect(await requestCancel()).toMatchObject({ failure: null, isCancelled: false });
});
