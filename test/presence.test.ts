/** Who has a question open, from client to client: over one socket server, and over two that share a live bus. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BatonClient, type Attendee } from '../client/index.ts';
import { startTestSurface, type TestSurface } from '../gateway/test-surface.ts';
import { inProcessBus, type LiveBus } from '../runtime/live-bus.ts';
import { TestSocket, errorOf } from './harness/test-socket.ts';

const settings = { AUTH_TOKEN: 'anna:human:token-a,ben:human+ops:token-b,carl:client:token-c' };
let bus: LiveBus;
let surfaces: TestSurface[];
let clients: BatonClient[];

async function start(): Promise<TestSurface> {
  const surface = await startTestSurface(settings, { bus });
  surfaces.push(surface);
  const question = {
    id: 'q-2',
    run: 'r',
    kind: 'approve',
    message: 'Shall I?',
    context: null,
    answerSchema: {},
    audience: { roles: ['human'] },
    answersNeeded: 1,
    onTimeout: { then: 'fail' },
    askedAt: new Date().toISOString(),
    status: 'open',
    answers: [],
  };
  surface.engine.begin('r').append('question.asked', { data: { question } });
  return surface;
}

function look(surface: TestSurface, token: string, question = 'q-2') {
  const client = new BatonClient({ url: surface.url, token });
  clients.push(client);
  const told: (string[] | null)[] = [];
  const leave = new AbortController();
  const ended = (async () => {
    for await (const others of client.watchPresence('r', question, { signal: leave.signal }))
      told.push(others && others.map(({ by }: Attendee) => by));
  })();
  const settled = ended.then(
    () => null,
    (error: unknown) => error,
  );
  return { told, settled, leave: () => leave.abort(), newest: () => told.at(-1) };
}

beforeEach(() => {
  bus = inProcessBus();
  surfaces = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(surfaces.map(({ surface }) => surface.stop()));
});

it('two people who have the same question open are told of each other, until one closes it', async () => {
  const surface = await start();
  const anna = look(surface, 'token-a');
  await expect.poll(anna.newest).toEqual([]);
  const ben = look(surface, 'token-b');
  await expect.poll(anna.newest).toEqual(['ben']);
  await expect.poll(ben.newest).toEqual(['anna']);
  ben.leave();
  await expect.poll(anna.newest).toEqual([]);
});

it('a client whose connection breaks has the question open no more', async () => {
  const surface = await start();
  const anna = look(surface, 'token-a');
  look(surface, 'token-b');
  await expect.poll(anna.newest).toEqual(['ben']);
  clients[1]?.close();
  await expect.poll(anna.newest).toEqual([]);
});

it('they are told over two gateways, too', async () => {
  const [one, other] = [await start(), await start()];
  const anna = look(one, 'token-a');
  await expect.poll(anna.newest).toEqual([]);
  const ben = look(other, 'token-b');
  await expect.poll(anna.newest).toEqual(['ben']);
  await expect.poll(ben.newest).toEqual(['anna']);
  await other.surface.stop();
  await expect.poll(anna.newest).toEqual([]);
  // Their own gateway gone: nothing is known, and that is said.
  await expect.poll(ben.newest).toEqual(null);
});

it('a question that is not there, or not theirs to see, is refused', async () => {
  const surface = await start();
  expect(await look(surface, 'token-b', 'q-9').settled).toMatchObject({ code: 'question_not_found' });
  expect(await look(surface, 'token-c').settled).toMatchObject({ code: 'run_not_found' });
});

it('closing before the gateway has looked the run up leaves nobody there', async () => {
  const surface = await start();
  const socket = await TestSocket.open(surface.wsUrl, { headers: { authorization: 'Bearer token-b' } });
  const opening = socket.request('open-question', { run: 'r', question: 'q-2' });
  await socket.request('close-question', { run: 'r', question: 'q-2' });
  expect(errorOf(await opening)).toEqual({});
  const anna = look(surface, 'token-a');
  await expect.poll(anna.newest).toEqual([]);
  socket.close();
});
