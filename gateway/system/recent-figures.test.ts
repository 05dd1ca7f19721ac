import { afterEach, expect, test } from 'vitest';
import { figuresSampleMs } from '../../protocol/limits.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { RecentFigures } from './recent-figures.ts';

const begun: RecentFigures[] = [];
afterEach(() => {
  for (const figures of begun.splice(0)) figures[Symbol.dispose]();
});

function begin() {
  const metrics = createMetrics();
  const clock = { atMs: 1_000_000 };
  const figures = new RecentFigures(metrics, () => clock.atMs);
  begun.push(figures);
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= figuresSampleMs) {
      clock.atMs += figuresSampleMs;
      await figures.sample();
    }
  };
  return { metrics, figures, pass };
}

test('rates and latencies are of all transports together, since the beginning while that is young', async () => {
  const { metrics, figures, pass } = begin();
  metrics.eventsSent.inc({ transport: 'ws' }, 30);
  metrics.eventsSent.inc({ transport: 'sse' }, 20);
  for (let count = 0; count < 3; count++) metrics.deliverySeconds.observe({ transport: 'ws' }, 0.004);
  metrics.deliverySeconds.observe({ transport: 'sse' }, 0.2);
  metrics.httpSeconds.observe({ method: 'get', route: '/v1/runs', status: '200' }, 0.01);
  await pass(10_000);
  expect(await figures.read()).toEqual({
    seconds: 10,
    eventsPerSecond: 5,
    requestsPerSecond: 0.1,
    delivery: { count: 4, p50Ms: expect.closeTo(4.2, 0) as number, p95Ms: expect.closeTo(220, -1) as number },
  });
});

test('what is more than a minute ago does not count any more', async () => {
  const { metrics, figures, pass } = begin();
  metrics.eventsSent.inc({ transport: 'ws' }, 6_000);
  metrics.deliverySeconds.observe({ transport: 'ws' }, 9);
  await pass(60_000);
  expect(await figures.read()).toMatchObject({ seconds: 60, eventsPerSecond: 100, delivery: { count: 1 } });
  await pass(10_000);
  metrics.eventsSent.inc({ transport: 'ws' }, 60);
  expect(await figures.read()).toEqual({
    seconds: 60,
    eventsPerSecond: 1,
    requestsPerSecond: 0,
    delivery: { count: 0, p50Ms: null, p95Ms: null },
  });
});
