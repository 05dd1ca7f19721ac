import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, startTestGateway, upTo, type TestGateway } from './harness/gateway.ts';

let gateway: TestGateway;
let api: Api;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = new Api(gateway.url);
});
afterAll(() => gateway.stop());

/** Reads as an EventSource does, but leaves after `count` messages; returns what it got and the status. */
async function visit(run: string, lastSeq: number, count: number) {
  const leaving = new AbortController();
  const response = await fetch(`${gateway.url}/v1/runs/${run}/stream`, {
    headers: lastSeq === 0 ? {} : { 'last-event-id': String(lastSeq) },
    signal: leaving.signal,
  });
  const messages: { id: number | null; event: string }[] = [];
  if (response.status !== 200 || !response.body) return { status: response.status, messages };
  const parsed = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { id, event = '' } of parsed) {
    messages.push({ id: id === undefined ? null : Number(id), event });
    if (messages.length === count) break;
  }
  leaving.abort();
  return { status: 200, messages };
}

test('a client that leaves and comes back with Last-Event-ID gets every seq once, and 204 at the end', async () => {
  const run = await api.script([
    {
      script: [
        { do: 'emit', count: 100 },
        { do: 'wait', ms: 200 },
        { do: 'emit', count: 100 },
      ],
    },
  ]);
  const got: number[] = [];
  const names: string[] = [];
  for (let turn = 0; ; turn++) {
    const { status, messages } = await visit(run, got.at(-1) ?? 0, 1 + ((turn * 31) % 60));
    if (status === 204) break;
    expect(status).toBe(200);
    for (const { id, event } of messages) {
      names.push(event);
      if (id !== null) got.push(id);
    }
    if (names.at(-1) === 'end') expect((await visit(run, got.at(-1) ?? 0, 1)).status).toBe(204);
  }
  const { body } = await api.get(`/v1/runs/${run}`);
  expect(got).toEqual(upTo(body['lastSeq'] as number));
  expect(names.filter((name) => name === 'run.completed')).toHaveLength(1);
});

test('progress between two events comes as `live`, without an id', async () => {
  const run = await api.script([
    {
      script: [
        { do: 'emit', count: 1 },
        { do: 'progress', fraction: 0.3, message: 'third' },
        { do: 'wait', ms: 1_500 },
      ],
    },
  ]);
  const { messages } = await visit(run, 0, 500);
  expect(messages).toContainEqual({ id: null, event: 'live' });
  expect(messages.at(-1)).toEqual({ id: null, event: 'end' });
});
