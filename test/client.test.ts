/** The client against a real gateway, worker and Temporal server, over every transport. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket as WsPackage } from 'ws';
import {
  BatonClient,
  BatonClientError,
  type ClientOptions,
  type RunEvent,
  type Transport,
  type WatchItem,
} from '../client/index.ts';
import type { Surface } from '../gateway/surface.ts';
import { startBaton, type TestBaton } from './harness/baton.ts';
import { startCuttingProxy } from './harness/cutting-proxy.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';
import { rounds } from './harness/test-size.ts';
import { until } from './harness/until.ts';

let baton: TestBaton;
let gateway: Surface;
beforeAll(async () => {
  baton = await startBaton();
  gateway = await startTestGateway(baton);
});
afterAll(async () => {
  await gateway.stop();
  await baton.stop();
});

function clientOf(options: Partial<ClientOptions> = {}): BatonClient {
  const client = new BatonClient({ url: `http://127.0.0.1:${gateway.port}`, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function start(client: BatonClient, ...scripts: unknown[][]): Promise<string> {
  const { run } = await client.start('script', { steps: scripts.map((script) => ({ script })) });
  return run.id;
}

async function wholeLog(client: BatonClient, run: string): Promise<RunEvent[]> {
  const { events } = await client.events(run, { limit: 5_000 });
  return events;
}

async function watched(
  client: BatonClient,
  run: string,
  act: (item: WatchItem) => unknown = () => undefined,
): Promise<{ items: WatchItem[]; events: RunEvent[] }> {
  const items: WatchItem[] = [];
  for await (const item of client.watch(run)) {
    items.push(item);
    await act(item);
  }
  return { items, events: items.flatMap((item) => (item.kind === 'event' ? [item.event] : [])) };
}

const transports: Transport[] = ['websocket', 'sse', 'polling'];

describe.each(transports)('over %s', (transport) => {
  test('a run is started, watched, answered and read to its end, event for event', async () => {
    const client = clientOf({ transport });
    const run = await start(client, [{ do: 'emit', count: 20 }, { do: 'ask' }, { do: 'emit', count: 5 }]);
    const { items, events } = await watched(client, run, async (item) => {
      if (item.kind !== 'event' || item.event.type !== 'question.asked') return;
      const { id } = item.event.data['question'] as { id: string };
      expect(await client.answer(run, id, { yes: true })).toMatchObject({ outcome: 'accepted', have: 1, need: 1 });
    });
    expect(events).toEqual(await wholeLog(client, run));
    expect(events.at(-1)?.type).toBe('run.completed');
    expect(items.at(-1)).toEqual({ kind: 'end', lastSeq: events.length });
    expect(client.transport).toBe(transport);
  });

  test('no event is lost or doubled when connections are cut at random', async () => {
    const seed = Date.now() % 1_000_000;
    const sizes = fc.sample(fc.integer({ min: 300, max: 12_000 }), { numRuns: 2_000, seed });
    const proxy = await startCuttingProxy(gateway.port, () => sizes.pop() ?? Number.POSITIVE_INFINITY);
    onTestFinished(() => proxy.close());
    const direct = clientOf();
    // Node's own WebSocket throws compressed frames that have arrived away when the connection breaks right after them:
    // where every connection does, it gets nowhere (and `auto` goes down to event streams).
    const shaky = clientOf({ transport, url: `http://127.0.0.1:${proxy.port}`, WebSocket: WsPackage });
    for (let round = 0; round < rounds(1, 10); round++) {
      const run = await start(direct, [
        { do: 'emit', count: 150, bytes: 100 },
        { do: 'wait', ms: 200 },
        { do: 'emit', count: 50 },
      ]);
      // Polling reads all that is there at once, and only pages of a few events get through this proxy.
      if (transport === 'polling') await watched(direct, run);
      const limited = transport === 'polling' ? await pagesOf(shaky, run) : (await watched(shaky, run)).events;
      expect(limited, `seed ${seed}`).toEqual(await wholeLog(direct, run));
    }
    expect(proxy.cuts).toBeGreaterThan(0);
  });

  test('a restart of the gateway in the middle of a run is only a pause', async () => {
    let own = await startTestGateway(baton);
    onTestFinished(() => own.stop());
    // A free port that the system gave is held for a minute after its end: what stands before both stays the same.
    const proxy = await startCuttingProxy(own.port);
    onTestFinished(() => proxy.close());
    const client = clientOf({ transport, url: `http://127.0.0.1:${proxy.port}` });
    const run = await start(client, [{ do: 'emit', count: 5 }, { do: 'ask' }, { do: 'emit', count: 5 }]);
    let restarts = 0;
    const { events } = await watched(client, run, async (item) => {
      if (item.kind !== 'event' || item.event.type !== 'question.asked') return;
      await own.stop();
      own = await startTestGateway(baton);
      proxy.targetPort = own.port;
      restarts++;
      const { id } = item.event.data['question'] as { id: string };
      await clientOf().answer(run, id, { yes: true });
    });
    expect(restarts).toBe(1);
    expect(events).toEqual(await wholeLog(clientOf(), run));
  });

  test('a run that does not exist is said to be so', async () => {
    await expect(watched(clientOf({ transport }), 'no-such-run')).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

async function pagesOf(client: BatonClient, run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const page = await client.events(run, { after: events.length, limit: 8 }).catch((error: unknown) => {
      // Every try of one call may meet a cut: the client says so, and its caller asks again from its cursor.
      if (error instanceof BatonClientError && error.retry) return null;
      throw error;
    });
    if (page === null) continue;
    events.push(...page.events);
    if (page.next === events.length && page.events.length === 0) return events;
  }
}

test('what an agent tells between two events comes as live frames', async () => {
  const client = clientOf();
  const script = [1, 2, 3, 4].flatMap((n) => [
    { do: 'progress', fraction: n / 5, message: `part ${n}` },
    { do: 'wait', ms: 300 },
  ]);
  const { items } = await watched(client, await start(client, script));
  const messages = items.flatMap((item) => (item.kind === 'live' ? [item.live.message] : []));
  expect(messages.some((message) => message?.startsWith('part'))).toBe(true);
});

test('a cancelled run can be retried, forked and reset, and its log goes on', async () => {
  const client = clientOf();
  const run = await start(client, [{ do: 'emit', count: 1 }], [{ do: 'ask' }]);
  const first = await watched(client, run, (item) =>
    item.kind === 'event' && item.event.type === 'question.asked'
      ? client.cancel(run, { reason: 'enough' })
      : undefined,
  );
  expect(first.events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { reason: 'enough' } });
  await expect(client.cancel(run)).rejects.toMatchObject({ code: 'run_ended', status: 409 });

  const fork = await client.fork(run, { step: 'scripted#2' });
  expect(fork.from).toMatchObject({ run, step: 'scripted#2' });
  await client.cancel(fork.id, { mode: 'now' });

  const stop = new AbortController();
  const types: string[] = [];
  const following = (async () => {
    for await (const item of client.watch(run, { after: first.events.length, follow: true, signal: stop.signal })) {
      if (item.kind === 'event') types.push(item.event.type);
      if (item.kind === 'event' && item.event.type === 'question.asked') {
        const { id } = item.event.data['question'] as { id: string };
        await client.answer(run, id, { yes: true });
      }
      if (item.kind === 'end' && types.length > 0) stop.abort(new Error('seen'));
    }
  })();
  await client.retry(run);
  await expect(following).rejects.toThrow('seen');
  expect(types[0]).toBe('run.retried');
  expect(types.at(-1)).toBe('run.completed');

  const reset = await client.reset(run, 'scripted#2');
  expect(reset.id).toBe(run);
  await client.cancel(run);
  const log = await until('the end of the reset run', async () => {
    const events = await wholeLog(client, run);
    return events.at(-1)?.type === 'run.cancelled' && events;
  });
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
});

test('a run on hold begins when it is told to', async () => {
  const client = clientOf();
  const { run } = await client.start('script', { steps: [{ script: [] }] }, { hold: true });
  expect((await client.state(run.id)).status).toBe('pending');
  await client.begin(run.id);
  await watched(client, run.id);
  expect((await client.state(run.id)).status).toBe('completed');
  await expect(client.begin(run.id)).rejects.toMatchObject({ code: 'run_not_pending' });
});

test('lists, questions and blueprints are there to be read, and to be watched', async () => {
  const client = clientOf();
  const names = (await client.blueprints()).map(({ name }) => name);
  expect(names).toContain('script');
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const run = await start(client, [{ do: 'ask' }]);
  for await (const question of client.watchQuestions({ signal: stop.signal })) {
    if (question.run !== run) continue;
    expect(question).toMatchObject({ kind: 'test.choice', status: 'open' });
    await client.answer(run, question.id, { yes: true });
    break;
  }
  await watched(client, run);
  await until('the run in the list', async () => {
    for await (const summary of client.list({ blueprint: 'script', status: 'completed' }))
      if (summary.id === run) return true;
    return false;
  });
});

test('what is too large for an event is fetched as a blob, whole or in part', async () => {
  const client = clientOf();
  const run = await start(client, [{ do: 'emit', count: 1, bytes: 100_000 }]);
  const { events } = await watched(client, run);
  const stored = events.find(({ type, data }) => type === 'agent.emitted' && 'blob' in data)?.data['blob'] as {
    ref: string;
    bytes: number;
  };
  const { bytes, type } = await client.blob(run, stored.ref);
  const text = await new Response(bytes).text();
  expect(type).toContain('application/json');
  expect(text).toHaveLength(stored.bytes);
  const part = await client.blob(run, stored.ref, { range: { from: 0, to: 9 } });
  expect(await new Response(part.bytes).text()).toBe(text.slice(0, 10));
  await expect(client.blob(run, 'nothing')).rejects.toMatchObject({ code: 'blob_not_found' });
});
