import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, startTestGateway, upTo, type TestGateway } from './harness/gateway.ts';
import { TestSocket } from './harness/test-socket.ts';

let gateway: TestGateway;
let api: Api;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = new Api(gateway.url);
});
afterAll(() => gateway.stop());

const ended = (run: string) => (frame: Record<string, unknown>) => frame['kind'] === 'end' && frame['run'] === run;

test('one socket starts runs, watches them live to their ends, and answers and cancels', async () => {
  const socket = await TestSocket.open(gateway.wsUrl);
  const start = async (steps: unknown[]) => {
    const reply = await socket.request('start', { blueprint: 'script', input: { steps } });
    const { id } = reply['run'] as { id: string };
    await socket.request('subscribe', { run: id, after: 0 });
    return id;
  };
  const asking = await start([{ script: [{ do: 'ask' }] }]);
  const holding = await start([
    { script: [{ do: 'emit', count: 1 }, { do: 'progress', fraction: 0.4, message: 'on' }, { do: 'hold' }] },
  ]);
  const of = (run: string, type: string) =>
    socket.until((frame) => frame['run'] === run && (frame['event'] as { type?: string } | undefined)?.type === type);
  const asked = (await of(asking, 'question.asked'))['event'] as { data: { question: { id: string } } };
  const { id } = asked.data.question;
  expect(await socket.request('answer', { run: asking, question: id, answer: { yes: true } })).toMatchObject({
    outcome: 'accepted',
  });
  expect(await socket.until((frame) => frame['kind'] === 'live' && frame['run'] === holding)).toMatchObject({
    fraction: 0.4,
    message: 'on',
  });
  expect(await socket.request('cancel', { run: holding })).toMatchObject({ ok: true });
  for (const run of [asking, holding]) {
    const end = await socket.until(ended(run));
    expect(socket.seqs(run)).toEqual(upTo(end['lastSeq'] as number));
  }
  expect(await socket.request('state', { run: holding })).toMatchObject({ state: { status: 'cancelled' } });
  socket.close();
});

test('watchers of two gateways who leave and come back at any cursor get every seq exactly once', async () => {
  const second = await gateway.startSecond();
  const run = await api.script([
    {
      script: [
        { do: 'emit', count: 400 },
        { do: 'wait', ms: 300 },
        { do: 'emit', count: 400 },
      ],
    },
  ]);
  const urls = [gateway.wsUrl, second.wsUrl];
  const seen = await Promise.all(
    Array.from({ length: 20 }, async (_, watcher) => {
      const got: number[] = [];
      for (let visit = 0; ; visit++) {
        const socket = await TestSocket.open(urls[(watcher + visit) % 2] ?? gateway.wsUrl);
        await socket.request('subscribe', { run, after: got.at(-1) ?? 0 });
        const wanted = (got.at(-1) ?? 0) + 1 + ((watcher * 37 + visit * 91) % 150);
        await socket.until(
          (frame) => frame['kind'] === 'end' || (frame['event'] as { seq?: number } | undefined)?.seq === wanted,
        );
        socket.close();
        got.push(...socket.seqs());
        if (socket.frames.some(ended(run))) return got;
      }
    }),
  );
  const { body } = await api.get(`/v1/runs/${run}`);
  for (const got of seen) expect(got).toEqual(upTo(body['lastSeq'] as number));
});

test('a socket that stops reading during a run gets all of it when it reads again', async () => {
  const run = await api.script([{ script: [{ do: 'emit', count: 2_000, bytes: 5_000 }] }]);
  const socket = await TestSocket.open(gateway.wsUrl, { perMessageDeflate: false });
  await socket.request('subscribe', { run });
  socket.ws.pause();
  await api.eventsToEnd(run);
  socket.ws.resume();
  const end = await socket.until(ended(run), 30_000);
  expect(socket.seqs(run)).toEqual(upTo(end['lastSeq'] as number));
  socket.close();
});

test('a subscription stays over an end and goes on with a retry', async () => {
  const run = await api.script([{ script: [{ do: 'emit', count: 1 }] }]);
  const socket = await TestSocket.open(gateway.wsUrl);
  await socket.request('subscribe', { run });
  const first = await socket.until(ended(run));
  await socket.request('retry', { run });
  const next = await socket.until(
    (frame) => ended(run)(frame) && (frame['lastSeq'] as number) > (first['lastSeq'] as number),
  );
  expect(socket.seqs(run)).toEqual(upTo(next['lastSeq'] as number));
  expect(socket.frames.filter(ended(run))).toHaveLength(2);
  socket.close();
});

test('who watches runs and questions is told what changes', async () => {
  const socket = await TestSocket.open(gateway.wsUrl);
  await socket.request('watch', { what: 'runs', filter: { blueprint: 'script' } });
  await socket.request('watch', { what: 'questions' });
  const run = await api.script([{ script: [{ do: 'ask' }] }]);
  await socket.until((frame) => frame['what'] === 'runs' && (frame['run'] as { id?: string }).id === run, 20_000);
  await socket.until(
    (frame) => frame['what'] === 'questions' && (frame['question'] as { run?: string }).run === run,
    20_000,
  );
  await api.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  socket.close();
});
