/** A client that was written from section 7 of the contract alone, with nothing but the product's address. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startProduct, type Product } from '../../harness/product.ts';
import { secondsOfRoles } from './mgx.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ AUTH_TOKEN: 'secret' }, { args: ['--split'] });
});
afterAll(() => product.stop());

/** Creates a task. */
async function createTask(): Promise<string> {
  const answer = await fetch(`${product.url}/api/tasks?token=secret`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input_prompt: 'A page that lists my books' }),
  });
  return ((await answer.json()) as { id: string }).id;
}

interface Printed {
  lines: string[];
  eventIds: number[];
  code: number;
}

/** `test script <task_id>`: sends nothing, prints what comes, and ends when the socket does. */
async function testScript(
  id: string,
  { after = 0, seen = () => {} }: { after?: number; seen?: (ids: number[]) => void } = {},
) {
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/ws/tasks/${id}?token=secret&after=${after}`);
  const printed: Printed = { lines: [], eventIds: [], code: 0 };
  socket.on('message', (text: Buffer) => {
    const { type, data } = JSON.parse(text.toString('utf8')) as { type: string; data: Record<string, unknown> };
    if (type === 'connected' || type === 'error') printed.lines.push(`${type}: ${String(data['message'])}`);
    else if (type === 'event') {
      printed.lines.push(`event: ${String(data['event_type'])}`);
      printed.eventIds.push(Number(data['event_id']));
      seen(printed.eventIds);
    } else if (type === 'state') printed.lines.push(`state: ${String(data['status'])} ${String(data['progress'])}`);
    else printed.lines.push(`unknown: ${type}`);
  });
  printed.code = await new Promise<number>((resolve, reject) => {
    socket.on('close', resolve);
    socket.on('error', reject);
  });
  return printed;
}

test('events arrive without a run call, each role takes its 600 ms, and the socket ends by itself, within 2 to 15 s', async () => {
  const id = await createTask();
  const from = performance.now();
  const { lines, code } = await testScript(id);
  const seconds = (performance.now() - from) / 1_000;
  expect(code).toBe(1000);
  expect(lines[0]).toBe(`connected: Subscribed to task ${id}`);
  expect(lines.at(-2)).toBe('event: TASK_FINISHED');
  expect(lines.at(-1)).toBe('state: COMPLETED 1');
  expect(seconds).toBeGreaterThan(2);
  expect(seconds).toBeLessThan(15);
  const log = await fetch(`${product.url}/api/tasks/${id}/events?token=secret`);
  const { events } = (await log.json()) as { events: Record<string, unknown>[] };
  const roles = secondsOfRoles(events);
  expect(roles).toHaveLength(5);
  for (const [role, took] of roles) expect([role, took >= 0.55]).toEqual([role, true]);
});

test('through a killed worker and a killed gateway no event is lost or told twice, and the run goes on', async () => {
  const id = await createTask();
  const ids: number[] = [];
  const watch = async (after: number, untilCount: number, then: () => void) => {
    let isDone = false;
    const printed = await testScript(id, {
      after,
      seen: (seen) => {
        if (isDone || seen.length < untilCount) return;
        isDone = true;
        then();
      },
    });
    ids.push(...printed.eventIds);
    return printed;
  };
  const first = await watch(0, 4, () => {
    process.kill(product.launched.pidOf('worker'), 'SIGKILL');
    process.kill(product.launched.pidOf('gateway'), 'SIGKILL');
  });
  expect(first.code).toBe(1006);
  await vi.waitFor(async () => expect((await fetch(`${product.url}/readyz`)).status).toBe(200), { timeout: 20_000 });
  const last = await watch(ids.length, 10_000, () => undefined);
  expect(last.lines.at(-1)).toBe('state: COMPLETED 1');
  expect(ids).toEqual(ids.map((_, index) => index + 1));
}, 60_000);

test('without the token nobody is let in', async () => {
  const answer = await fetch(`${product.url}/api/tasks`);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: { code: 'unauthenticated' } });
});
