/** What a request tells its room, from start to end. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import { upTo } from '../../harness/gateway.ts';
import { startSite } from '../../fixtures/site.ts';
import type { Message, RoomClient } from './room-client.ts';
import { useRig } from './rig.ts';

const rig = useRig({ CRAWL_ALLOW_PRIVATE: '1' });

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

  test('has step and data.step from stepOrder, so that a client that reads either marks the right step', async () => {
    const { client } = await started('calculate 1+1; calculate 2+2');
    await client.until('request.completed');
    for (const message of client.messages.filter(({ type }) => type === 'progress'))
      expect(message['data']).toMatchObject({ step: message['step'], stepOrder: message['step'] });
  });

  test('is told under `progress`, too: a client that listens to that alone gets the result, once', async () => {
    const { client } = await started('calculate 6*7');
    await client.until('request.completed');
    const copies = client.progress.filter(({ type }) => type === 'request.completed');
    expect(copies).toEqual(client.messages.filter(({ type }) => type === 'request.completed'));
    expect(client.progress).toEqual(client.messages);
  });

  test('has no copies for a client with mirror=0', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId, { mirror: '0' });
    client.emit('start', { requestId, userQuery: 'calculate 6*7' });
    await client.until('request.completed');
    expect(client.progress.map(({ type }) => type)).toEqual(['progress', 'progress']);
  });

  test('fetches a page, and says its address, status, size and title', async () => {
    const site = await startSite();
    const { client } = await started(`fetch ${site.url}`);
    const { result } = await client.until('request.completed');
    await site.stop();
    const [{ result: page }] = (result as { steps: [{ result: Message }] }).steps;
    expect(page).toMatchObject({ url: expect.stringContaining(site.url), status: 200, title: expect.any(String) });
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
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(client.messages.slice(-2)).toMatchObject([
      { type: 'progress', step: 2, status: 'failed', data: { status: 'failed', cancelled: true } },
      { type: 'request.completed' },
    ]);
    expect(result).toMatchObject({ status: 'cancelled' });
    expect(client.types).not.toContain('error');
    // The agent itself said so, because its wait was broken off: nothing runs on.
    const own = (await log(requestId)).filter(isOwnStep).at(-1);
    expect(own?.data).toMatchObject({ stepOrder: 2, status: 'failed', cancelled: true });
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
    expect(client.types.filter((type) => type === 'question')).toHaveLength(1);
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
