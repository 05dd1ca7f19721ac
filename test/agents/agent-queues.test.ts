import { afterAll, beforeAll, expect, test } from 'vitest';
import { unique } from '../harness/temporal-server.ts';
import { AgentBench, testAgent } from './agent-bench.ts';

const heavyQueue = unique('heavy');
let bench: AgentBench;
let isClosed = false;
const agents = [
  testAgent('light', async () => ({ done: 'light' })),
  testAgent('heavy', async () => ({ done: 'heavy' }), { taskQueue: heavyQueue }),
  {
    ...testAgent('closing', async () => ({ done: null })),
    close: async () => {
      isClosed = true;
    },
  },
];
beforeAll(async () => {
  bench = await AgentBench.start(agents);
});
afterAll(() => bench.stop());

test('an agent with a task queue of its own is taken from there, and another from the common one', async () => {
  const [light, heavy] = await Promise.all([bench.run('light'), bench.run('heavy', {}, { taskQueue: heavyQueue })]);
  expect([light.outcome, heavy.outcome]).toMatchObject([{ result: 'light' }, { result: 'heavy' }]);
});

test('a worker that stops closes its agents, and stopping it twice is once', async () => {
  const worker = await bench.addWorker(agents);
  await Promise.all([worker.stop(), worker.stop()]);
  expect(isClosed).toBe(true);
});
