import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { modelRetryAfterMaxMs, modelTries } from '../../protocol/limits.ts';
import { readConfig } from '../../runtime/config.ts';
import type { Model } from '../../runtime/model/model.ts';
import { openModel } from '../../runtime/model/open-model.ts';
import { metered, UsageMeter } from '../../runtime/model/usage-meter.ts';
import { startModelServer, type ModelServer } from '../harness/model-server.ts';

let server: ModelServer;
let waits: number[];
beforeAll(async () => {
  server = await startModelServer();
});
beforeEach(() => {
  server.asked.length = 0;
  waits = [];
});
afterAll(() => server.stop());

function open(extra: Record<string, string> = {}): Model {
  const model = openModel(readConfig(server.settings(extra)), {
    pause: async (waitMs, signal) => {
      waits.push(waitMs);
      signal.throwIfAborted();
    },
  });
  if (!model) throw new Error('a model is configured');
  return model;
}

const request = (more: { signal?: AbortSignal; onText?: (chunk: string) => void } = {}) => ({
  system: 'You are brief.',
  prompt: 'What is it?',
  signal: new AbortController().signal,
  ...more,
});
const schema = z.object({ answer: z.string(), certainty: z.number() });
const fits = { answer: 'a hammer', certainty: 0.9 };

test('without a provider there is no model', () => {
  expect(openModel(readConfig({}))).toBeNull();
});

test('text comes whole, with its usage; the key and the name of the model go out', async () => {
  server.script({ text: 'a hammer', usage: { inputTokens: 20, outputTokens: 3 } });
  const model = open();
  expect(model.name).toBe('openai-compatible/test-model');
  expect(await model.text(request())).toEqual({ text: 'a hammer', usage: { inputTokens: 20, outputTokens: 3 } });
  const [asked] = server.asked;
  expect(asked?.headers.authorization).toBe('Bearer sk-test-key');
  expect(asked?.body).toMatchObject({
    model: 'test-model',
    messages: [
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: 'What is it?' },
    ],
  });
});

test('streamed text is told as it comes, and comes whole in the end', async () => {
  server.script({ text: 'a hammer of iron', usage: { inputTokens: 7, outputTokens: 4 } });
  const chunks: string[] = [];
  const { text, usage } = await open().text(request({ onText: (chunk) => chunks.push(chunk) }));
  expect(chunks).toEqual(['a ', 'hammer ', 'of ', 'iron']);
  expect(text).toBe('a hammer of iron');
  expect(usage).toEqual({ inputTokens: 7, outputTokens: 4 });
});

test('an object is asked for by its schema, in the format and in words', async () => {
  server.script({ json: fits });
  expect((await open().object({ ...request(), schema })).value).toEqual(fits);
  const [asked] = server.asked;
  expect(asked?.body['response_format']).toMatchObject({ type: 'json_schema', json_schema: { strict: false } });
  expect(asked?.said).toContain('certainty');
});

test('an object in a code fence is one', async () => {
  server.script({ text: `\`\`\`json\n${JSON.stringify(fits)}\n\`\`\`` });
  expect((await open().object({ ...request(), schema })).value).toEqual(fits);
});

test('an object may be streamed, too', async () => {
  server.script({ json: fits });
  const chunks: string[] = [];
  const { value } = await open().object({ ...request({ onText: (chunk) => chunks.push(chunk) }), schema });
  expect(value).toEqual(fits);
  expect(chunks.join('')).toBe(JSON.stringify(fits));
});

test('a provider that knows no JSON Schema is asked for an object without one, from then on', async () => {
  server.answerBy(({ body }) =>
    (body['response_format'] as { type: string }).type === 'json_schema'
      ? { status: 400, body: { error: { message: 'response_format json_schema is unavailable' } } }
      : { json: fits },
  );
  const model = open();
  expect((await model.object({ ...request(), schema })).value).toEqual(fits);
  expect((await model.object({ ...request(), schema })).value).toEqual(fits);
  const formats = server.asked.map(({ body }) => (body['response_format'] as { type: string }).type);
  expect(formats).toEqual(['json_schema', 'json_object', 'json_object']);
});

test.each([
  { kind: 'no JSON', reply: { text: 'It is a hammer, I think.' } },
  { kind: 'another shape', reply: { json: { answer: 7 } } },
  { kind: 'nothing', reply: { text: '' } },
])('an answer that is $kind gets a second chance, with what is wrong about it; both are counted', async ({ reply }) => {
  server.script(
    { ...reply, usage: { inputTokens: 10, outputTokens: 5 } },
    { json: fits, usage: { inputTokens: 30, outputTokens: 6 } },
  );
  const { value, usage } = await open().object({ ...request(), schema });
  expect(value).toEqual(fits);
  expect(usage).toEqual({ inputTokens: 40, outputTokens: 11 });
  expect(server.asked).toHaveLength(2);
  expect(server.asked[1]?.said).toContain('Your answer cannot be used');
});

test('an answer that is malformed twice is model_malformed, and its tokens are counted all the same', async () => {
  server.script({ text: 'no' }, { text: 'still no' });
  const meter = new UsageMeter();
  const asking = metered(meter, () => open().object({ ...request(), schema }));
  await expect(asking).rejects.toMatchObject({ code: 'model_malformed', retry: true });
  expect(meter).toMatchObject({ answers: 2, usage: { inputTokens: 20, outputTokens: 10 } });
});

test('text that is empty twice is model_malformed', async () => {
  server.script({ text: '' }, { text: ' ' });
  await expect(open().text(request())).rejects.toMatchObject({ code: 'model_malformed' });
});

test.each([401, 403, 404, 422])('%d is told at once and never tried again; the key is not repeated', async (status) => {
  server.script({ status, body: { error: { message: 'Incorrect key: sk-test-key' } } });
  const fault = await open()
    .text(request())
    .catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'model_refused', retry: false, details: { status } });
  expect(String(fault)).toContain('Incorrect key: [redacted]');
  expect(server.asked).toHaveLength(1);
});

test('an account without means is refused, not limited', async () => {
  server.script({ status: 429, body: { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } } });
  await expect(open().text(request())).rejects.toMatchObject({ code: 'model_refused' });
});

test('429 waits for what Retry-After says', async () => {
  const inFiveSeconds = new Date(Date.now() + 5_000).toUTCString();
  server.script(
    { status: 429, headers: { 'retry-after': '7' } },
    { status: 429, headers: { 'retry-after-ms': '123' } },
    { status: 503, headers: { 'retry-after': inFiveSeconds } },
    { text: 'at last' },
  );
  expect((await open().text(request())).text).toBe('at last');
  expect(waits.slice(0, 2)).toEqual([7_000, 123]);
  expect(waits[2]).toBeGreaterThan(2_000);
  expect(waits[2]).toBeLessThanOrEqual(5_000);
});

test('a provider that wants too long a wait is not waited for', async () => {
  server.script({ status: 429, headers: { 'retry-after': String(modelRetryAfterMaxMs / 1_000 + 1) } });
  await expect(open().text(request())).rejects.toMatchObject({ code: 'model_limited', retry: true });
  expect(waits).toEqual([]);
});

test('5xx, and a body that is no answer, are tried again with growing waits', async () => {
  server.script(
    { status: 500 },
    { status: 502, body: '<html>bad gateway</html>' },
    { status: 200, body: '<html>hello</html>' },
    { text: 'at last' },
  );
  expect((await open().text(request())).text).toBe('at last');
  expect(waits).toHaveLength(3);
  expect(waits[2]).toBeGreaterThanOrEqual((waits[0] ?? 0) * 2);
});

test.each([
  { status: 429, code: 'model_limited' },
  { status: 500, code: 'model_failed' },
])('$status for good ends as $code after all tries', async ({ status, code }) => {
  server.answerBy(() => ({ status }));
  await expect(open().text(request())).rejects.toMatchObject({ code, details: { status } });
  expect(server.asked).toHaveLength(modelTries);
});

test('streams are tried again like whole answers, before their first text', async () => {
  server.script({ status: 500 }, { breaksAfter: [] }, { text: 'at last' });
  const chunks: string[] = [];
  expect((await open().text(request({ onText: (chunk) => chunks.push(chunk) }))).text).toBe('at last');
  expect(chunks.join('')).toBe('at last');
});

test.each([{ isOrderly: false }, { isOrderly: true }])(
  'a stream that ends in the middle fails the call, for what was told cannot be taken back: $isOrderly',
  async (how) => {
    server.script({ breaksAfter: ['a ham'], ...how }, { text: 'never asked for' });
    const asking = open().text(request({ onText: () => undefined }));
    await expect(asking).rejects.toMatchObject({ code: 'model_failed', retry: true });
    expect(server.asked).toHaveLength(1);
  },
);

test('nobody at the address is model_failed after all tries', async () => {
  const model = open({ MODEL_BASE_URL: 'http://127.0.0.1:9/v1' });
  await expect(model.text(request())).rejects.toMatchObject({ code: 'model_failed' });
  expect(waits).toHaveLength(modelTries - 1);
});

test.each([{ streams: false }, { streams: true }])(
  'an abort rejects with its reason, and closes the connection ($streams)',
  async ({ streams }) => {
    server.script({ hang: true });
    const stopping = new AbortController();
    const reason = new Error('enough');
    const asking = open().text(request({ signal: stopping.signal, ...(streams ? { onText: () => undefined } : {}) }));
    asking.catch(() => undefined);
    const asked = await server.request(0);
    stopping.abort(reason);
    await expect(asking).rejects.toBe(reason);
    await expect.poll(() => asked.isAborted).toBe(true);
  },
);

test('an abort ends the wait between tries', async () => {
  server.script({ status: 429, headers: { 'retry-after': '50' } });
  const stopping = new AbortController();
  const model = openModel(readConfig(server.settings()));
  const asking = model?.text(request({ signal: stopping.signal }));
  asking?.catch(() => undefined);
  await server.request(0);
  stopping.abort(new Error('enough'));
  await expect(asking).rejects.toThrow('enough');
});

test.each([
  { provider: 'anthropic', path: '/v1/messages', header: 'x-api-key', sent: 'sk-test-key' },
  { provider: 'openai', path: '/v1/responses', header: 'authorization', sent: 'Bearer sk-test-key' },
])('$provider is spoken to in its own way', async ({ provider, path, header, sent }) => {
  const model = open({ MODEL_PROVIDER: provider });
  server.script({ text: 'a hammer' }, { json: fits }, { status: 401 });
  expect(await model.text(request())).toEqual({ text: 'a hammer', usage: { inputTokens: 10, outputTokens: 5 } });
  expect((await model.object({ ...request(), schema })).value).toEqual(fits);
  await expect(model.text(request())).rejects.toMatchObject({ code: 'model_refused' });
  expect(server.asked.map((asked) => asked.path)).toEqual([path, path, path]);
  expect(server.asked[0]?.headers[header]).toBe(sent);
});
