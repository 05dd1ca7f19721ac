/** The calls over HTTP: outside publishers and tasks; and what wrong ones get. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../harness/gateway.ts';
import { createDataConverter } from '../../../runtime/data-converter.ts';
import { connectTemporal } from '../../../runtime/temporal-connection.ts';
import { startOwnTemporal, type OwnTemporal } from '../../harness/own-temporal.ts';
import { startProduct, type Product } from '../../harness/product.ts';
import { testConfig, unique } from '../../harness/temporal-server.ts';
import { isStep, messagesOf, record, ScamRig, stepsOf, told } from './rig.ts';

let temporal: OwnTemporal;
let product: Product;
let rig: ScamRig;
beforeAll(async () => {
  // As the server does at about 4,000 entries of a history.
  temporal = await startOwnTemporal({ 'limit.historyCount.suggestContinueAsNew': 150 });
  product = await startProduct({ TEMPORAL_ADDRESS: temporal.address });
  rig = new ScamRig(product.url);
});
afterAll(async () => {
  await product.stop();
  await temporal.stop();
});

const refusal = (status: number, code: string) => ({
  status,
  body: { error: { code, message: expect.any(String) as string }, detail: expect.any(String) as string },
});

const utcMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('an outside publisher', () => {
  test('is heard by a socket that waits for the id: the manual check of the existing system (7)', async () => {
    const id = unique('t');
    const socket = await rig.watch(`/${id}`);
    await socket.until(isStep('connected'));
    for (const body of [
      { message: 'Reading', percent: 10, step: 'entity_extraction' },
      { message: 'Looking', percent: 50, step: 'scam_db', tool: 'scam_database', error: true },
      { message: 'Done', percent: 100, step: 'completed' },
    ])
      expect(await rig.publish(id, body)).toMatchObject({ status: 202, body: { delivered: 1 } });
    expect(await socket.closed).toMatchObject({ code: 1000 });
    const shape = { tool: null, error: false, timestamp: expect.stringMatching(utcMs) as string };
    expect(told(socket.frames)).toEqual([
      { ...shape, step: 'connected', percent: 0, message: `Watching task ${id}`, task_id: id, connected: true },
      { ...shape, step: 'entity_extraction', percent: 10, message: 'Reading' },
      { ...shape, step: 'scam_db', tool: 'scam_database', percent: 50, message: 'Looking', error: true },
      { ...shape, step: 'completed', percent: 100, message: 'Done' },
    ]);
  });

  test('that fails is told whole: the percent stays, the words are the publisher’s', async () => {
    const id = unique('t');
    const socket = await rig.watch(`?task_ids=${id}`);
    await rig.publish(id, record('exa_search', 40));
    await rig.publish(id, record('failed', 0, 'out of luck'));
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(socket.frames.at(-1)).toEqual({
      step: 'failed',
      tool: null,
      message: 'Check failed: out of luck',
      percent: 40,
      timestamp: expect.stringMatching(utcMs) as string,
      error: true,
      task_id: id,
    });
  });

  test('loses nothing where hundreds publish at once and the relay continues as new: each once, each in order', async () => {
    const id = unique('t');
    await rig.publish(id, record('scam_db', 20, 'first'));
    const socket = await rig.watch(`/${id}`);
    const lanes = Array.from({ length: 8 }, (_, lane) =>
      Array.from({ length: 30 }, (_each, index) => `lane ${lane}: ${index}`),
    );
    await Promise.all(
      lanes.map(async (lane) => {
        for (const message of lane) expect((await rig.publish(id, record('scam_db', 20, message))).status).toBe(202);
      }),
    );
    await rig.publish(id, record('completed', 100, 'last'));
    expect(await socket.closed).toMatchObject({ code: 1000 });
    const messages = messagesOf(socket.frames).slice(1);
    expect(messages.at(-1)).toBe('last');
    expect(messages).toHaveLength(lanes.flat().length + 2);
    for (const [number, lane] of lanes.entries())
      expect(messages.filter((message) => String(message).startsWith(`lane ${number}:`))).toEqual(lane);
    const config = testConfig(product.environment);
    const client = connectTemporal(config, createDataConverter(config));
    const { raw } = await client.workflow.getHandle(`scam:${id}`).describe();
    expect(raw.workflowExecutionInfo?.execution?.runId).not.toBe(raw.workflowExecutionInfo?.firstRunId);
    await client.connection.close();
  });

  test('is told how many sockets of this gateway it reaches at that moment', async () => {
    const id = unique('t');
    const publish = async () => (await rig.publish(id, record('scam_db', 20))).body['delivered'];
    expect(await publish()).toBe(0);
    const [one, two] = [await rig.watch(`/${id}`), await rig.watch(`?task_ids=${id},${unique('other')}`)];
    await Promise.all([one, two].map((socket) => socket.until(isStep('connected'))));
    expect(await publish()).toBe(2);
    one.close();
    await expect.poll(publish).toBe(1);
    two.close();
    await expect.poll(publish).toBe(0);
  });

  test.each([
    ['phone_check', 'phone_validator', 'phone_validator'],
    ['scam_database', 'scam_db', 'scam_database'],
    ['exa_search', 'exa_search', 'exa_search'],
    ['domain_reputation', 'domain_reputation', 'domain_reputation'],
    ['something_else', 'reasoning', null],
    ['constructor', 'reasoning', null],
    [null, 'reasoning', null],
  ])('may say tool_execution of %s, which is rewritten to %s', async (tool, step, named) => {
    const id = unique('t');
    await rig.publish(id, { message: 'm', percent: 40, step: 'tool_execution', tool });
    const socket = await rig.watch(`/${id}`);
    expect(await socket.until(({ percent }) => percent === 40)).toMatchObject({ step, tool: named });
    socket.close();
  });

  test('may leave out the step and say that something went wrong', async () => {
    const id = unique('t');
    await rig.publish(id, record('exa_search', 40));
    await rig.publish(id, { message: 'no answer', percent: 41, error: true });
    const socket = await rig.watch(`/${id}`);
    expect(await socket.until(({ percent }) => percent === 41)).toMatchObject({ step: 'exa_search', error: true });
    socket.close();
  });

  test('cannot let a percent fall', async () => {
    const id = unique('t');
    for (const percent of [40, 10, 50]) await rig.publish(id, record('scam_db', percent));
    await rig.publish(id, record('failed', 5, 'out of luck'));
    const socket = await rig.watch(`/${id}`);
    await socket.closed;
    expect(stepsOf(socket.frames).map(([, percent]) => percent)).toEqual([0, 40, 40, 50, 50]);
    expect(socket.frames.at(-1)).toMatchObject({ step: 'failed', error: true, message: 'Check failed: out of luck' });
  });

  test('cannot publish to a task that has ended or was cancelled, nor to a check', async () => {
    const id = unique('t');
    await rig.publish(id, record('completed', 100));
    expect(await rig.publish(id, record('scam_db', 20))).toMatchObject(refusal(409, 'task_ended'));
    const cancelled = unique('t');
    await rig.publish(cancelled, record('scam_db', 20));
    await rig.api.post(`/api/scam/tasks/${cancelled}/cancel`, {});
    await (
      await rig.watch(`/${cancelled}`)
    ).closed;
    expect(await rig.publish(cancelled, record('scam_db', 20))).toMatchObject(refusal(409, 'task_ended'));
    const check = unique('t');
    await rig.analyze(check, 'hello');
    await (
      await rig.watch(`/${check}`)
    ).closed;
    expect(await rig.publish(check, record('scam_db', 20))).toMatchObject(refusal(409, 'task_exists'));
  });

  test('may send the same record again: with its key it is told once', async () => {
    const id = unique('t');
    const send = (key: string, body: Json) => rig.publish(id, body, { 'idempotency-key': key });
    for (let time = 0; time < 3; time++) expect((await send('a', record('scam_db', 20))).status).toBe(202);
    for (let time = 0; time < 3; time++) expect((await send('b', record('completed', 100))).status).toBe(202);
    const socket = await rig.watch(`/${id}`);
    await socket.closed;
    expect(stepsOf(socket.frames)).toEqual([
      ['connected', 0],
      ['scam_db', 20],
      ['completed', 100],
    ]);
  });

  test.each([
    { message: 'x'.repeat(2_000), percent: 0 },
    { message: 'm', percent: 100, step: 'reasoning', tool: null, error: false },
  ])('may go as far as the contract lets it', async (body) => {
    expect(await rig.publish(unique('t'), body)).toEqual(
      expect.objectContaining({ status: 202, body: { delivered: 0 } }),
    );
  });

  test.each([
    [{}],
    [{ message: '', percent: 1 }],
    [{ message: 'x'.repeat(2_001), percent: 1 }],
    [{ message: 5, percent: 1 }],
    [{ message: 'm' }],
    [{ message: 'm', percent: -1 }],
    [{ message: 'm', percent: 101 }],
    [{ message: 'm', percent: 1.5 }],
    [{ message: 'm', percent: '1' }],
    [{ message: 'm', percent: 1, step: 'connected' }],
    [{ message: 'm', percent: 1, step: 'toString' }],
    [{ message: 'm', percent: 1, tool: 5 }],
    [{ message: 'm', percent: 1, error: 'yes' }],
    [[]],
  ])('is refused with 422: %j', async (body) => {
    const id = unique('t');
    expect(await rig.publish(id, body as Json)).toMatchObject(refusal(422, 'invalid_request'));
    expect((await rig.api.get(`/api/scam/tasks/${id}`)).status).toBe(404);
  });

  test('is refused with 422 for an id that is none', async () => {
    for (const id of ['a%20b', 'x'.repeat(129), '%2F', 'a%2Fb'])
      expect(await rig.publish(id, record('scam_db', 1)), id).toMatchObject(refusal(422, 'invalid_request'));
  });
});

describe('a task', () => {
  test('is told as it is on the way and after its end', async () => {
    const id = unique('t');
    expect(await rig.api.get(`/api/scam/tasks/${id}`)).toMatchObject(refusal(404, 'task_not_found'));
    await rig.publish(id, record('scam_db', 35, 'looking'));
    expect(await rig.task(id)).toEqual({
      task_id: id,
      status: 'running',
      step: 'scam_db',
      percent: 35,
      message: 'looking',
      result: null,
      error: null,
      started_at: expect.stringMatching(/Z$/) as string,
      finished_at: null,
    });
    await rig.publish(id, record('failed', 35, 'out of luck'));
    expect(await rig.task(id)).toMatchObject({ status: 'failed', step: 'failed', percent: 35 });
    expect(String((await rig.task(id))['error'])).toContain('out of luck');
    expect(String((await rig.task(id))['finished_at'])).toMatch(/Z$/);
  });

  test('gets an id where none is chosen', async () => {
    const { status, body } = await rig.api.post('/api/scam/analyze', { text: 'hello' });
    expect(status).toBe(202);
    expect(body['ws_path']).toBe(`/ws/agent-progress/${String(body['task_id'])}`);
    await (
      await rig.open(String(body['ws_path']))
    ).closed;
    expect(await rig.task(String(body['task_id']))).toMatchObject({ status: 'completed' });
  });

  test('keeps its id to itself: the same again, or one of a publisher, is 409', async () => {
    const id = unique('t');
    expect((await rig.analyze(id, 'hello')).status).toBe(202);
    expect(await rig.analyze(id, 'hello')).toMatchObject(refusal(409, 'task_exists'));
    expect(await rig.analyze(id, 'something else')).toMatchObject(refusal(409, 'task_exists'));
    const published = unique('t');
    await rig.publish(published, record('scam_db', 20));
    expect(await rig.analyze(published, 'hello')).toMatchObject(refusal(409, 'task_exists'));
  });

  test('whose id is taken in one system is free in another', async () => {
    const id = unique('shared');
    const request = { blueprint: 'request-rooms', input: { userQuery: 'calculate 6*7' }, id };
    expect((await rig.api.post('/v1/runs', request)).status).toBe(201);
    expect((await rig.analyze(id, 'hello')).status).toBe(202);
    await (
      await rig.watch(`/${id}`)
    ).closed;
    expect(await rig.task(id)).toMatchObject({ status: 'completed' });
  });

  test.each([
    [{}],
    [{ text: '' }],
    [{ text: ' \n' }],
    [{ text: 'x'.repeat(20_001) }],
    [{ text: 5 }],
    [{ text: 'x', task_id: '' }],
    [{ text: 'x', task_id: 'a b' }],
    [{ text: 'x', task_id: 'x'.repeat(129) }],
    [{ text: 'x', task_id: 5 }],
    [null],
  ])('is refused with 422: %j', async (body) => {
    expect(await rig.api.post('/api/scam/analyze', body)).toMatchObject(refusal(422, 'invalid_request'));
  });

  test('of the longest text and the longest id is taken', async () => {
    const id = `${unique('t')}.${'x'.repeat(128)}`.slice(0, 128);
    expect((await rig.analyze(id, 'x'.repeat(20_000))).status).toBe(202);
    await (
      await rig.watch(`/${id}`)
    ).closed;
    expect(await rig.task(id)).toMatchObject({ status: 'completed' });
  });
});

test('an error has the contract’s body and no more: code, message and the message as detail', async () => {
  const { status, body } = await rig.api.post('/api/scam/analyze', { text: '' });
  expect(status).toBe(422);
  const { detail } = body;
  expect(typeof detail === 'string' && detail !== '').toBe(true);
  expect(body).toEqual({ error: { code: 'invalid_request', message: detail }, detail });
});

test('a body that is no JSON is 422, too', async () => {
  const response = await fetch(`${product.url}/api/scam/analyze`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text":',
  });
  expect({ status: response.status, body: await response.json() }).toMatchObject(refusal(422, 'invalid_request'));
});
