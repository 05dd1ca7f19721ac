import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BatonClient } from './client.ts';
import { ScriptedGateway } from './scripted-gateway.ts';
import type { RunSummary } from './types.ts';

let gateway: ScriptedGateway;
let client: BatonClient;
beforeEach(async () => {
  gateway = new ScriptedGateway();
  client = new BatonClient({ url: await gateway.listen() });
});
afterEach(() => {
  client.close();
  return gateway.close();
});

const summary = (id: string, progress = 0): RunSummary => ({
  id,
  blueprint: 'crawl',
  status: 'running',
  owner: null,
  current: [],
  progress,
  openQuestions: [],
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  failure: null,
  lastSeq: 1,
});

describe('a command', () => {
  it('starts a run once although the reply was lost, by the same id', async () => {
    gateway.script.push({ path: /runs$/, status: 0, cut: true }, { path: /runs$/, status: 200, body: { id: 'r' } });
    expect(await client.start('crawl', { url: 'http://site' })).toEqual({ run: { id: 'r' }, created: true });
    const ids = gateway.requests.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toMatch(/^crawl-[0-9a-z]{12}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it("keeps to the caller's id or key, and says when the run was there before", async () => {
    const there = { path: /runs$/, status: 200, body: { id: 'mine' } };
    gateway.script.push(there, there);
    expect((await client.start('crawl', {}, { id: 'mine', hold: true })).created).toBe(false);
    expect(JSON.parse(gateway.requests[0]?.body ?? '')).toEqual({
      blueprint: 'crawl',
      input: {},
      id: 'mine',
      hold: true,
    });
    expect((await client.start('crawl', {}, { idempotencyKey: 'k' })).created).toBe(false);
    expect(gateway.requests[1]?.headers['idempotency-key']).toBe('k');
    expect(JSON.parse(gateway.requests[1]?.body ?? '')).toEqual({ blueprint: 'crawl', input: {} });
  });

  it('is not sent again where somebody has acted on the run since it was looked at', async () => {
    const moved = { code: 'run_moved', status: 409, detail: 'the run has moved', ifSeq: 4, by: 'ben' };
    gateway.script.push({ path: /reset$/, status: 409, body: moved });
    await expect(client.reset('r', 'a#1', { ifSeq: 4 })).rejects.toMatchObject({
      code: 'run_moved',
      details: { by: 'ben' },
    });
    expect(gateway.requests).toHaveLength(1);
  });

  it('is not sent twice when doing it twice could do harm', async () => {
    gateway.script.push({ path: /answer$/, status: 0, cut: true });
    await expect(client.answer('r', 'q', { continue: true })).rejects.toMatchObject({
      code: 'unreachable',
      retry: true,
    });
    expect(gateway.requests).toHaveLength(1);
  });

  it('is sent again when it was refused before anything was done', async () => {
    const problem = { code: 'rate_limited', detail: 'slow down', status: 429 };
    gateway.append('r', 'run.started');
    gateway.script.push({ path: /answer$/, status: 429, body: problem, headers: { 'retry-after': '0' } });
    await client.answer('r', 'q', true);
    expect(gateway.requests).toHaveLength(2);
  });

  it('fails with the code, status, field and details of the problem', async () => {
    const body = {
      type: 'about:blank',
      title: 'T',
      status: 422,
      detail: 'url is missing',
      code: 'invalid_input',
      field: 'input.url',
    };
    gateway.script.push({ path: /runs$/, status: 422, body });
    await expect(client.start('crawl', {})).rejects.toMatchObject({
      name: 'BatonClientError',
      code: 'invalid_input',
      status: 422,
      retry: false,
      message: 'url is missing',
      details: { field: 'input.url' },
    });
  });

  it('says bad_response where something else than a gateway answers', async () => {
    gateway.script.push({ path: /runs/, status: 403, body: 'Forbidden by proxy' });
    await expect(client.state('r')).rejects.toMatchObject({ code: 'bad_response', status: 403 });
  });

  it('stops at once when its signal fires, also between two attempts', async () => {
    const stop = new AbortController();
    gateway.refused.add('everything');
    const asked = client.state('r', { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('changed my mind')), 20);
    await expect(asked).rejects.toThrow('changed my mind');
  });

  it('is unreachable, after a few attempts, where nobody listens', async () => {
    await gateway.close();
    await expect(client.state('r')).rejects.toMatchObject({ code: 'unreachable', status: 0 });
  });
});

describe('a list', () => {
  it('is read page by page, as far as it is wanted', async () => {
    gateway.lists.set(
      '/v1/runs',
      ['a', 'b', 'c', 'd', 'e'].map((id) => summary(id)),
    );
    const ids: string[] = [];
    for await (const run of client.list()) ids.push(run.id);
    expect(ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    gateway.requests.length = 0;
    for await (const run of client.list({ status: 'running' })) if (run.id === 'b') break;
    expect(gateway.requests.map(({ url }) => url)).toEqual(['/v1/runs?status=running']);
  });

  it('is watched over a socket: what is there, then what changes, and nothing twice after a broken connection', async () => {
    gateway.lists.set('/v1/runs', [summary('a'), summary('b')]);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const run of client.watchRuns({ signal: stop.signal })) {
      seen.push(`${run.id} ${run.progress}`);
      if (seen.length === 2) gateway.push({ kind: 'changed', what: 'runs', run: summary('a', 0.5) });
      if (seen.length === 3) {
        gateway.lists.set('/v1/runs', [summary('a', 0.5), summary('b', 0.7), summary('c')]);
        gateway.cutAll();
      }
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(['a 0', 'b 0', 'a 0.5', 'b 0.7', 'c 0']);
  });

  it('goes on with a new token each time the old one has expired, and ends where the new one is refused, too', async () => {
    let token = (gateway.token = 'first');
    const renewing = new BatonClient({ url: gateway.url, token: () => Promise.resolve(token) });
    onTestFinished(() => renewing.close());
    gateway.lists.set('/v1/runs', []);
    const seen: string[] = [];
    const watch = async () => {
      for await (const run of renewing.watchRuns()) seen.push(run.id);
    };
    const watching = watch();
    watching.catch(() => undefined);
    const readings = () => gateway.requests.filter(({ url }) => url.startsWith('/v1/runs')).length;
    const expire = () => {
      for (const socket of gateway.sockets) socket.close(4401, 'the token has expired');
    };
    // Nothing is in the list that would tell that it goes on.
    for (const [index, next] of ['second', 'third'].entries()) {
      await expect.poll(readings).toBe(index + 1);
      token = gateway.token = next;
      expire();
    }
    await expect.poll(readings).toBe(3);
    gateway.push({ kind: 'changed', what: 'runs', run: summary('a') });
    await expect.poll(() => seen).toEqual(['a']);
    gateway.token = 'nobody’s';
    expire();
    await expect(watching).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is watched by asking again where there is no socket', async () => {
    const polling = new BatonClient({ url: gateway.url, transport: 'polling' });
    onTestFinished(() => polling.close());
    gateway.lists.set('/v1/runs', [summary('a')]);
    const seen: number[] = [];
    for await (const run of polling.watchRuns()) {
      seen.push(run.progress);
      if (seen.length === 2) break;
      gateway.lists.set('/v1/runs', [summary('a', 0.5)]);
    }
    expect(seen).toEqual([0, 0.5]);
  });
});
