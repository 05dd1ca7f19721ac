/** What a request tells its room, from start to end. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import { upTo } from '../../harness/gateway.ts';
import { startSite } from '../../fixtures/site.ts';
import type { Message, RoomClient } from './room-client.ts';
import { useRig } from './rig.ts';
import { busyMs } from '../../harness/busy.ts';

const rig = useRig({ CRAWL_ALLOW_PRIVATE: '1', CORS_ORIGINS: '*' });

async function started(userQuery: string, context = {}): Promise<{ requestId: string; client: RoomClient }> {
  const requestId = rig.id();
  const client = await rig.client(requestId);
  client.emit('start', { requestId, userQuery, context });
  return { requestId, client };
}

const shortly = ({ type, agent, step, status }: Message) =>
  [type, agent, step, status].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');

const log = async (requestId: string) => await rig.api.eventsToEnd(`rooms:${requestId}`);

describe('a request', () => {
  test('tells thought, plan, each step running then completed in order, the executor, and the end last', async () => {
    const { client } = await started('calculate 6*7; wait 20ms then summarize');
    const completed = await client.until('request.completed');
    expect(client.messages.map(shortly)).toEqual([
      'agent.completed thought-agent',
      'agent.completed planner-agent',
      'progress executor-agent 1 running',
      'progress executor-agent 1 completed',
      'progress executor-agent 2 running',
      'progress executor-agent 2 completed',
      'progress executor-agent 3 running',
      'progress executor-agent 3 completed',
      'agent.completed executor-agent',
      'request.completed',
    ]);
    expect(client.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(completed['result']).toEqual({
      status: 'completed',
      answer: '6*7 = 42; waited 20 ms',
      steps: [
        { step: 1, tool: 'calculate', status: 'completed', result: { expression: '6*7', value: 42 } },
        { step: 2, tool: 'wait', status: 'completed', result: { waitedMs: 20 } },
        { step: 3, tool: 'summarize', status: 'completed', result: { text: '6*7 = 42; waited 20 ms' } },
      ],
      answers: {},
      error: null,
    });
  });

  test('falls into its parts at ; line breaks and “then”, each done by the first tool that fits', async () => {
    const userQuery = 'compute (1+2)*3 then what is 7 % 4?\n 2+2 ;WAIT 0.01 s; summarise\r\nwhy is the sky blue';
    const { client } = await started(userQuery);
    const { result } = await client.until('request.completed');
    const completed = (step: number, tool: string, outcome: object) => {
      return { step, tool, status: 'completed', result: outcome };
    };
    expect((result as Message)['steps']).toEqual([
      completed(1, 'calculate', { expression: '(1+2)*3', value: 9 }),
      completed(2, 'calculate', { expression: '7 % 4', value: 3 }),
      completed(3, 'calculate', { expression: '2+2', value: 4 }),
      completed(4, 'wait', { waitedMs: 10 }),
      completed(5, 'summarize', { text: '(1+2)*3 = 9; 7 % 4 = 3; 2+2 = 4; waited 10 ms' }),
      completed(6, 'answer', { text: expect.stringContaining('why is the sky blue') }),
    ]);
  });

  test('has step and data.step from stepOrder, so that a client that reads either marks the right step', async () => {
    const { client } = await started('calculate 1+1; calculate 2+2');
    await client.until('request.completed');
    for (const message of client.messages.filter(({ type }) => type === 'progress'))
      expect(message['data']).toMatchObject({ step: message['step'], stepOrder: message['step'] });
  });

  test('is told under `progress`, too: a client that listens to that alone gets the result, once', async () => {
    const { client } = await started('calculate 6*7');
    await client.until('request.completed');
    // Whatever was told before it has come when this is acknowledged.
    await client.ask('rejoin', {});
    const told = client.messages.filter(({ type }) => type !== 'state');
    expect(told.filter(({ type }) => type === 'request.completed')).toHaveLength(1);
    expect(client.progress).toEqual(told);
  });

  test('has no copies for a client with mirror=0', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId, { mirror: '0' });
    client.emit('start', { requestId, userQuery: 'calculate 6*7' });
    await client.until('request.completed');
    await client.ask('rejoin', {});
    expect(client.progress.map(({ type }) => type)).toEqual(['progress', 'progress']);
  });

  test('fetches a page, and says its address, status, size and title', async () => {
    const site = await startSite();
    const { client } = await started(`fetch ${site.url}`);
    const { result } = await client.until('request.completed');
    await site.stop();
    const [{ result: page }] = (result as { steps: [{ result: Message }] }).steps;
    const [url, title, bytes] = [expect.stringContaining(site.url), expect.any(String), expect.any(Number)];
    expect(page).toEqual({ url, status: 200, bytes, title });
    expect(page['bytes']).toBeGreaterThan(0);
  });

  test('with results over the limit of an event tells them whole', async () => {
    const part = '€'.repeat(15_000);
    const { client } = await started(`${part}; summarize`);
    const { result } = await client.until('request.completed');
    const text = expect.stringContaining(part);
    expect(client.messages.find(({ status }) => status === 'completed')).toMatchObject({ data: { result: { text } } });
    expect(result).toMatchObject({ status: 'completed', steps: [{ result: { text } }, { tool: 'summarize' }] });
  });

  test('with more than 50 parts fails before any step: none is left out in silence', async () => {
    const { client } = await started(Array.from({ length: 51 }, (_, part) => `calculate ${part}+1`).join(';'));
    const { result } = await client.until('request.completed');
    expect(result).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('51') } });
    expect(client.messages.find(({ type }) => type === 'error')).toMatchObject({ agent: 'planner-agent' });
  });

  test('with 50 parts runs them all, strictly in order', async () => {
    const { client } = await started(Array.from({ length: 50 }, (_, part) => `calculate ${part}+1`).join('\n'));
    await client.until('request.completed');
    const order = client.messages
      .filter(({ type }) => type === 'progress')
      .map(({ step, status }) => `${String(step)} ${String(status)}`);
    expect(order).toEqual(
      Array.from({ length: 50 }, (_, index) => [`${index + 1} running`, `${index + 1} completed`]).flat(),
    );
  });
});

test('each of 100 clients of a room hears every step once, in order', async () => {
  const requestId = rig.id();
  const clients = await Promise.all(upTo(100).map(() => rig.client(requestId, {}, { transports: ['websocket'] })));
  const userQuery = upTo(10)
    .map((part) => `calculate ${part}+1`)
    .join(';');
  clients[0]?.emit('start', { requestId, userQuery });
  await Promise.all(clients.map((client) => client.until('request.completed')));
  const expected = upTo(10).flatMap((_, index) => [`${index + 1} running`, `${index + 1} completed`]);
  for (const client of clients) {
    const steps = client.messages.filter(({ type }) => type === 'progress');
    expect(steps.map(({ step, status }) => `${String(step)} ${String(status)}`)).toEqual(expected);
  }
});

describe('a step that fails', () => {
  test.each([
    ['calculate 1/0', 'Division by zero'],
    ['calculate 6*', 'Bad expression: a number is missing at the end'],
    ['wait 301 s', 'A step waits 300 s at most, not 301 s'],
  ])('by its input (%s) ends the request as failed, and is never tried again', async (part, message) => {
    const { requestId, client } = await started(`calculate 1+1; ${part}; summarize`);
    const { result } = await client.until('request.completed');
    expect(client.messages.slice(2).map(shortly)).toEqual([
      'progress executor-agent 1 running',
      'progress executor-agent 1 completed',
      'progress executor-agent 2 running',
      'progress executor-agent 2 failed',
      'error executor-agent 2',
      'request.completed',
    ]);
    expect(client.messages.find(({ type }) => type === 'error')).toMatchObject({ message, step: 2 });
    expect(result).toMatchObject({ status: 'failed', error: { message, step: 2 } });
    const events = await log(requestId);
    expect(events.map(({ type }) => type)).not.toContain('agent.attempt_failed');
    expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'step_failed' } } });
  });
});

describe('a cancel', () => {
  test('ends the running step as failed with data.cancelled, then the request, within 2 s; the agent really stops', async () => {
    const { requestId, client } = await started('calculate 1+1; wait 300s; summarize');
    await client.until(({ step, status }) => step === 2 && status === 'running');
    const asked = performance.now();
    expect(await client.ask('cancel', { requestId })).toEqual({ ok: true });
    const { result } = await client.until('request.completed');
    expect(performance.now() - asked).toBeLessThan(2_000 + busyMs);
    expect(client.messages.slice(-2)).toMatchObject([
      { type: 'progress', step: 2, status: 'failed', data: { status: 'failed', cancelled: true } },
      { type: 'request.completed' },
    ]);
    expect(result).toMatchObject({ status: 'cancelled' });
    expect(client.types).not.toContain('error');
    // The agent itself said so, because its wait was broken off: nothing runs on.
    const events = await log(requestId);
    const own = events.filter(isOwnStep).at(-1);
    expect(own?.data).toMatchObject({ stepOrder: 2, status: 'failed', cancelled: true });
    const cancelling = events.find(({ type }) => type === 'run.cancelling');
    const tookMs = Date.parse(own?.at ?? '') - Date.parse(cancelling?.at ?? '');
    expect(tookMs, 'a wait is broken off within a second').toBeLessThanOrEqual(1_000 + busyMs);
    expect(events.at(-1)?.type, 'nothing comes after the end').toBe('run.cancelled');
  });

  test('while a question is open ends the request without any step', async () => {
    const { requestId, client } = await started('calculate 1+1', { askFirst: true });
    await client.until('question');
    client.emit('cancel', { requestId });
    await client.until('request.completed');
    expect(client.types).toEqual(['question', 'request.completed']);
  });
});

const isOwnStep = ({ type, data }: RunEvent) => type === 'agent.emitted' && data['kind'] === 'rooms.step';

describe('a question', () => {
  test('asked first is answered by feedback, and the answer stands in the result', async () => {
    const { requestId, client } = await started('calculate 6*7', { askFirst: true });
    const question = await client.until('question');
    expect(question).toEqual({
      type: 'question',
      agent: 'thought-agent',
      requestId,
      questionId: 'q-1',
      question: expect.stringContaining('calculate 6*7'),
      options: [],
      timeoutSeconds: 300,
      seq: 1,
    });
    client.emit('rejoin', { requestId });
    expect(await client.until('state')).toMatchObject({ status: 'waiting_feedback', question: { questionId: 'q-1' } });
    expect(await client.ask('feedback', { requestId, questionId: 'q-1', answer: 'metres' })).toEqual({ ok: true });
    const { result } = await client.until('request.completed');
    expect(result).toMatchObject({ status: 'completed', answers: { 'q-1': 'metres' } });
    expect(
      client.messages.filter(({ type }) => type !== 'state').map(shortly),
      'asked before anything is planned',
    ).toEqual([
      'question thought-agent',
      'agent.completed thought-agent',
      'agent.completed planner-agent',
      'progress executor-agent 1 running',
      'progress executor-agent 1 completed',
      'agent.completed executor-agent',
      'request.completed',
    ]);
  });

  test('that nobody answers in its time is answered by null, and the request goes on', async () => {
    const { client } = await started('calculate 6*7', { askFirst: true, questionTimeoutSeconds: 1 });
    expect(await client.until('question')).toMatchObject({ timeoutSeconds: 1 });
    const { result } = await client.until('request.completed');
    expect(result).toMatchObject({ status: 'completed', answers: { 'q-1': null }, answer: '42' });
  });

  test('is not asked for anything but askFirst: true', async () => {
    const { client } = await started('calculate 6*7', { askFirst: 'yes' });
    await client.until('request.completed');
    expect(client.types).not.toContain('question');
  });
});

test('CORS_ORIGINS=* lets in no foreign page where nobody needs a token', async () => {
  expect(await rig.page('https://anywhere.example')).toEqual([403, null, null]);
  expect(await rig.page('http://localhost:3000')).toEqual([200, 'http://localhost:3000', null]);
});
