import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamKeepAliveMs } from '../../protocol/limits.ts';
import { startTestSurface, type TestSurface } from '../test-surface.ts';

let surface: TestSurface;
beforeEach(async () => {
  surface = await startTestSurface();
});
afterEach(() => surface.surface.stop());

interface Message {
  id: string | undefined;
  event: string | undefined;
  data: unknown;
}

async function stream(path: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
  const response = await fetch(`${surface.url}${path}`, { headers, ...(signal ? { signal } : {}) });
  const messages: Message[] = [];
  const ended = (async () => {
    const parsed = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { id, event, data } of parsed ?? []) messages.push({ id, event, data: JSON.parse(data) });
  })();
  // Whoever aborts looks at `messages` only.
  ended.catch(() => messages.push({ id: undefined, event: 'broken', data: null }));
  return { response, messages, ended };
}

const summary = (messages: Message[]) => messages.map(({ id, event }) => [id, event]);

describe('an event stream', () => {
  it('gives id, type and event, live frames without id, and ends after the last event', async () => {
    const run = surface.engine.begin('r');
    const { response, messages, ended } = await stream('/v1/runs/r/stream');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await expect.poll(() => messages.length).toBe(1);
    run.live({ agent: 'a', step: 'a#1', attempt: 1, at: '', fraction: 0.5 });
    run.append('run.completed', { data: { result: 'line\nbreak' } });
    await ended;
    expect(summary(messages)).toEqual([
      ['1', 'run.started'],
      [undefined, 'live'],
      ['2', 'run.completed'],
      [undefined, 'end'],
    ]);
    expect(messages[2]?.data).toMatchObject({ seq: 2, type: 'run.completed', data: { result: 'line\nbreak' } });
    expect(messages[3]?.data).toEqual({ lastSeq: 2 });
    expect(run.openFeeds).toBe(0);
  });

  it('goes on after Last-Event-ID, which wins over `after`', async () => {
    const run = surface.engine.begin('r');
    for (let count = 0; count < 3; count++) run.append('agent.emitted');
    run.append('run.completed');
    const { messages, ended } = await stream('/v1/runs/r/stream?after=1', { 'last-event-id': '3' });
    await ended;
    expect(summary(messages)).toEqual([
      ['4', 'agent.emitted'],
      ['5', 'run.completed'],
      [undefined, 'end'],
    ]);
  });

  it('answers 204 at the end of a run that is over, which stops an EventSource', async () => {
    const run = surface.engine.begin('r');
    run.append('run.completed');
    const { response } = await stream('/v1/runs/r/stream', { 'last-event-id': '2' });
    expect(response.status).toBe(204);
    expect(run.openFeeds).toBe(0);
  });

  it('refuses cursors that are none or lie beyond the log', async () => {
    const run = surface.engine.begin('r');
    for (const id of ['x', '-1', '1.0'])
      expect((await stream('/v1/runs/r/stream', { 'last-event-id': id })).response.status, id).toBe(422);
    expect((await stream('/v1/runs/r/stream?after=x')).response.status).toBe(422);
    expect((await stream('/v1/runs/r/stream?after=9')).response.status).toBe(409);
    expect((await stream('/v1/runs/nix/stream')).response.status).toBe(404);
    expect(run.openFeeds).toBe(0);
  });

  it('tells a gap and a fresh snapshot, both without id', async () => {
    const run = surface.engine.begin('r');
    for (let count = 0; count < 3; count++) run.append('agent.emitted');
    run.append('run.completed');
    run.firstKept = 4;
    const { messages, ended } = await stream('/v1/runs/r/stream?after=1');
    await ended;
    expect(summary(messages)).toEqual([
      [undefined, 'gap'],
      [undefined, 'snapshot'],
      ['4', 'agent.emitted'],
      ['5', 'run.completed'],
      [undefined, 'end'],
    ]);
    expect(messages[0]?.data).toEqual({ from: 2, to: 3 });
  });

  it('loses nothing for a client that reads slowly', async () => {
    const run = surface.engine.begin('r');
    const { messages, ended } = await stream('/v1/runs/r/stream');
    for (let count = 0; count < 3_000; count++) run.append('agent.emitted', { data: { text: 'x'.repeat(5_000) } });
    await expect.poll(async () => (await surface.metrics.backpressured.get()).values[0]?.value).toBe(1);
    run.append('run.completed');
    await ended;
    expect(messages.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]))).toEqual(
      Array.from({ length: 3_002 }, (_, index) => index + 1),
    );
    expect((await surface.metrics.backpressured.get()).values[0]?.value).toBe(0);
  });

  it('lets go of the feed when its client leaves', async () => {
    const run = surface.engine.begin('r');
    const leaving = new AbortController();
    const { messages } = await stream('/v1/runs/r/stream', {}, leaving.signal);
    await expect.poll(() => messages.length).toBe(1);
    leaving.abort();
    await expect.poll(() => run.openFeeds).toBe(0);
    expect((await surface.metrics.streams.get()).values[0]?.value).toBe(0);
  });

  it('stays open while nothing happens for longer than an idle connection may live', async () => {
    const run = surface.engine.begin('r');
    const { messages, ended } = await stream('/v1/runs/r/stream');
    await new Promise((resolve) => setTimeout(resolve, streamKeepAliveMs * 3 + 1_000));
    run.append('run.completed');
    await ended;
    expect(summary(messages).at(-1)).toEqual([undefined, 'end']);
  }, 40_000);

  it('closes without an end when the gateway stops', async () => {
    surface.engine.begin('r');
    const { messages, ended } = await stream('/v1/runs/r/stream');
    await expect.poll(() => messages.length).toBe(1);
    await surface.surface.stop();
    await ended;
    expect(summary(messages)).toEqual([['1', 'run.started']]);
  });
});
