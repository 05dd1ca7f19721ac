/** A thousand bulk jobs, listed page by page. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../protocol/schemas/jobs.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { rounds } from '../harness/test-size.ts';
import { unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';

const count = rounds(60, 1_000);
const atOnce = 10;
const pageJobs = 50;
/** In the short form other tests run beside it. */
const withinMs = rounds(5_000, 1_000);

let gateway: TestGateway;
let api: Api;
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { LOG_LEVEL: 'error' } });
  api = new Api(gateway.url);
});
afterAll(() => gateway.stop());

test(`a page of ${count} jobs comes within a second, also the first time`, async () => {
  const began = new Set<string>();
  const start = async (index: number) => {
    // Nobody fits: the jobs alone are what is measured.
    const filter = { 'attr.customer': unique(`nobody-${index}`) };
    const { status, body } = await api.post('/v1/jobs', { action: 'retry', filter });
    expect(status).toBe(201);
    began.add(String(body['id']));
  };
  for (let from = 0; from < count; from += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => start(from + index)));
  // One by one: others' jobs are in the same namespace, and some of theirs never end.
  for (const id of began)
    await until(`the end of ${id}`, async () => (await api.get(`/v1/jobs/${id}`)).body['status'] === 'completed');

  const seen = new Set<string>();
  const pagesMs: number[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const askedAtMs = performance.now();
    const { status, body } = await api.get(`/v1/jobs?limit=${pageJobs}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    pagesMs.push(performance.now() - askedAtMs);
    expect(status).toBe(200);
    for (const { id, counts, selected, action } of body['items'] as Job[]) {
      if (!began.has(id)) continue;
      seen.add(id);
      expect({ action, counts, selected }).toEqual({
        action: 'retry',
        counts: { done: 0, refused: 0, failed: 0 },
        selected: { count: 0, byStatus: {} },
      });
    }
    cursor = body['nextCursor'] as string | null;
  }
  expect(seen).toEqual(began);
  const [slowestMs = 0] = pagesMs.toSorted((a, b) => b - a);
  console.log(`${count} jobs, ${pagesMs.length} pages, the slowest ${Math.round(slowestMs)} ms`);
  expect(slowestMs, `pages took ${pagesMs.map(Math.round).join(', ')} ms`).toBeLessThan(withinMs);
});
