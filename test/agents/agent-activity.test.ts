import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentBench, testAgent } from './agent-bench.ts';

let bench: AgentBench;
const agents = [
  testAgent('greeter', async (ctx, input) => {
    ctx.progress(0.5, 'half way');
    await ctx.emit('greeting', { to: input });
    await ctx.emit('greeting', { to: 'all' });
    return { done: { hello: input }, update: { greeted: true }, message: 'greeted' };
  }),
];

beforeAll(async () => {
  bench = await AgentBench.start(agents);
});
afterAll(() => bench.stop());

test('an agent gives its result, and its events are in the log before that', async () => {
  const handle = await bench.begin('greeter', { input: 'Ada' });
  const result = await handle.result();
  expect(result.outcome).toMatchObject({
    kind: 'done',
    result: { hello: 'Ada' },
    update: { greeted: true },
    message: 'greeted',
    attempt: 1,
    progress: 0.5,
  });
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ data }) => data)).toEqual([
    { kind: 'greeting', to: 'Ada' },
    { kind: 'greeting', to: 'all' },
  ]);
  expect(result.refused).toBe(0);
});
