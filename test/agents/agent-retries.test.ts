import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import { AgentBench, testAgent } from './agent-bench.ts';

const attempts = new Map<string, number>();
const countAttempt = (run: string) => {
  const attempt = (attempts.get(run) ?? 0) + 1;
  attempts.set(run, attempt);
  return attempt;
};

async function resolveEventData(on: AgentBench, run: string, data: unknown): Promise<unknown> {
  const { blob } = data as { blob?: { ref: string } };
  return blob ? JSON.parse(Buffer.from(await on.store.get(run, blob.ref)).toString()) : data;
}

let bench: AgentBench;
const agents = [
  testAgent('flaky', async (ctx, input) => {
    const attempt = countAttempt(ctx.run);
    const { resumedFrom } = ctx;
    ctx.progress(attempt === 1 ? 0.6 : 0.1, `attempt ${attempt}`);
    await ctx.emit('try', { attempt, resumedFrom });
    ctx.checkpoint({
      after: attempt,
      padding: 'x'.repeat((input as { padding?: number } | null)?.padding ?? 0),
    });
    if (attempt < 3) throw new Error(`no luck ${attempt}`);
    return { done: { resumedFrom } };
  }),
  testAgent('hopeless', async (ctx) => {
    countAttempt(ctx.run);
    throw new BatonError('crawl_failed', 'no page could be read', { url: 'https://a.example/' });
  }),
  testAgent('never', async (ctx) => {
    throw new Error(`failed again: ${countAttempt(ctx.run)}`);
  }),
  testAgent('slow', async (ctx) => {
    countAttempt(ctx.run);
    await ctx.emit('began');
    await new Promise((_, reject) => {
      ctx.signal.addEventListener('abort', () => {
        void ctx.emit('told', { why: (ctx.signal.reason as { why: string }).why });
        reject(ctx.signal.reason as Error);
      });
    });
    return { done: null };
  }),
  testAgent('deaf', async (ctx) => {
    await ctx.emit('began', { attempt: countAttempt(ctx.run) });
    await new Promise(() => undefined);
    return { done: null };
  }),
  testAgent('odd-thrower', async () => {
    // oxlint-disable-next-line typescript/only-throw-error -- agents throw what they like
    throw 'just a text';
  }),
];

beforeAll(async () => {
  bench = await AgentBench.start(agents);
});
afterAll(() => bench.stop());

test.each([
  { size: 'small', padding: 0 },
  { size: 'large', padding: 50_000 },
])(
  'an attempt that fails is told in the log, and the next begins from its $size checkpoint, its progress not falling',
  async ({ padding }) => {
    const handle = await bench.begin('flaky', { input: { padding } });
    const result = await handle.result();
    expect(result.outcome).toMatchObject({ kind: 'done', attempt: 3, progress: 0.6 });
    expect(result.outcome?.checkpoint).toMatchObject({ after: 3 });
    expect(result.accepted.map(({ attempt, n }) => [attempt, n])).toEqual(
      expect.arrayContaining([
        [1, 1],
        [2, 1],
        [3, 1],
      ]),
    );
    expect(result.refused).toBe(0);
    expect(result.outcome?.emitted.signals).toBe(result.accepted.length);
    const events = await bench.events(result, handle.workflowId);
    expect(events.map(({ type, attempt }) => `${type} ${attempt}`)).toEqual([
      'agent.emitted 1',
      'agent.attempt_failed 1',
      'agent.emitted 2',
      'agent.attempt_failed 2',
      'agent.emitted 3',
    ]);
    expect(events[1]?.data).toEqual({ code: 'agent_failed', message: 'no luck 1' });
    const second = await resolveEventData(bench, handle.workflowId, events[2]?.data);
    expect(second).toEqual({ kind: 'try', attempt: 2, resumedFrom: { after: 1, padding: 'x'.repeat(padding) } });
  },
);

test('a fault that no repetition changes is not retried, and carries its code and details', async () => {
  const handle = await bench.begin('hopeless');
  const { failure, accepted } = await handle.result();
  expect(failure).toMatchObject({
    code: 'crawl_failed',
    message: 'no page could be read',
    details: [{ attempt: 1, progress: 0 }, { url: 'https://a.example/' }],
  });
  expect(attempts.get(handle.workflowId)).toBe(1);
  expect(accepted).toEqual([]);
});

test('after the last attempt the failure comes out, and only the earlier ones were told in the log', async () => {
  const handle = await bench.begin('never', {}, { maximumAttempts: 2 });
  const result = await handle.result();
  expect(result.failure).toMatchObject({
    code: 'agent_failed',
    message: 'failed again: 2',
    details: [{ attempt: 2 }, {}],
  });
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ type }) => type)).toEqual(['agent.attempt_failed']);
});

test("the step's own limit of attempts counts what the agent failed, below Temporal's", async () => {
  const handle = await bench.begin('never', { maxAttempts: 3 }, { maximumAttempts: 50 });
  const result = await handle.result();
  expect(result.failure).toMatchObject({ message: 'failed again: 3' });
  expect(result.accepted).toHaveLength(2);
});

test('an attempt that takes too long is told so, its last events are kept, and it is retried', async () => {
  const handle = await bench.begin('slow', {}, { timeoutMs: 1_000, maximumAttempts: 2 });
  const result = await handle.result();
  expect(result.failure).toMatchObject({ code: 'agent_timeout', message: 'slow#1 took longer than its 1 s' });
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ type, attempt, data }) => [type, attempt, data['kind'] ?? data['code']])).toEqual([
    ['agent.emitted', 1, 'began'],
    ['agent.emitted', 1, 'told'],
    ['agent.attempt_failed', 1, 'agent_timeout'],
    ['agent.emitted', 2, 'began'],
    ['agent.emitted', 2, 'told'],
  ]);
  expect(events[1]?.data).toMatchObject({ why: 'timed_out' });
});

test('an agent that does not hear ends all the same when its time is over', async () => {
  const result = await bench.run('deaf', {}, { timeoutMs: 1_000, maximumAttempts: 2 });
  expect(result.failure).toMatchObject({ code: 'agent_timeout', details: [{ attempt: 2 }, {}] });
});

test('whatever an agent throws becomes a failure with a message', async () => {
  const { failure } = await bench.run('odd-thrower', {}, { maximumAttempts: 1 });
  expect(failure).toMatchObject({ code: 'agent_failed', message: 'just a text' });
});
