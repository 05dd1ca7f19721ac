import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket as WsPackage } from 'ws';
import { clientReconnectBaseMs } from '../protocol/limits.ts';
import { BatonClient, type ClientOptions } from './client.ts';
import { BatonClientError } from './errors.ts';
import { ScriptedGateway } from './scripted-gateway.ts';
import type { Transport } from './transport-ladder.ts';
import type { WatchItem, WatchOptions } from './watch-run.ts';

let gateway: ScriptedGateway;
beforeEach(async () => {
  gateway = new ScriptedGateway();
  await gateway.listen();
});
afterEach(() => gateway.close());

function clientOf(options: Partial<ClientOptions> = {}): BatonClient {
  const client = new BatonClient({ url: gateway.url, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** Everything until the end, with a callback that may act on what has come so far. */
async function watchAll(
  client: BatonClient,
  run: string,
  options: WatchOptions = {},
  act: (item: WatchItem) => void = () => undefined,
): Promise<WatchItem[]> {
  const items: WatchItem[] = [];
  for await (const item of client.watch(run, options)) {
    items.push(item);
    act(item);
  }
  return items;
}

const seqs = (items: WatchItem[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event.seq] : []));
const upTo = (length: number) => Array.from({ length }, (_, n) => n + 1);
const used = (items: WatchItem[]) =>
  items.flatMap((item) => (item.kind === 'transport' && item.status === 'open' ? [item.transport] : []));

/** mulberry32: the same cuts for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const transports: Transport[] = ['websocket', 'sse', 'polling'];

describe.each(transports)('a watch over %s', (transport) => {
  it('reads a run to its end, says what it uses, and returns', async () => {
    gateway.append('r', 'run.started', 'agent.emitted', 'run.completed');
    const client = clientOf({ transport });
    const items = await watchAll(client, 'r');
    expect(seqs(items)).toEqual([1, 2, 3]);
    expect(items.at(-1)).toEqual({ kind: 'end', lastSeq: 3 });
    expect(used(items)).toEqual([transport]);
    expect(client.transport).toBe(transport);
  });

  it('resumes after the cursor that it is given, and ends at once where there is nothing more', async () => {
    gateway.append('r', 'run.started', 'agent.emitted', 'run.completed');
    const client = clientOf({ transport });
    expect(seqs(await watchAll(client, 'r', { after: 2 }))).toEqual([3]);
    const rest = await watchAll(client, 'r', { after: 3 });
    expect(seqs(rest)).toEqual([]);
    expect(rest.at(-1)).toEqual({ kind: 'end', lastSeq: 3 });
  });

  it('has every event once and in order although connections are cut at random', async () => {
    const seed = Date.now() % 100_000;
    const random = seeded(seed);
    gateway.cuts = () => random() < (transport === 'polling' ? 0.3 : 0.02);
    gateway.append('r', 'run.started');
    const length = 300;
    const items = await watchAll(clientOf({ transport }), 'r', {}, () => {
      const known = gateway.logs.get('r')?.length ?? 0;
      if (known < length - 1) gateway.append('r', ...upTo(Math.min(7, length - 1 - known)).map(() => 'agent.emitted'));
      else if (known === length - 1) gateway.append('r', 'run.completed');
    });
    expect(seqs(items), `seed ${seed}`).toEqual(upTo(length));
    expect(items.filter((item) => item.kind === 'end')).toHaveLength(1);
  }, 60_000);

  it('waits for a gateway that is away and goes on from its cursor', async () => {
    gateway.append('r', 'run.started', 'agent.emitted');
    const items = await watchAll(clientOf({ transport }), 'r', {}, (item) => {
      if (item.kind === 'event' && item.event.seq === 2) {
        gateway.refused.add('everything');
        gateway.cutAll();
      }
      if (item.kind === 'transport' && item.status === 'lost') {
        gateway.append('r', 'agent.emitted', 'run.completed');
        gateway.refused.clear();
      }
    });
    expect(seqs(items).slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(used(items)).toEqual([transport, transport]);
  });

  it('stays with a run that goes on after its end when it is asked to follow', async () => {
    gateway.append('r', 'run.started', 'run.failed');
    const stop = new AbortController();
    const items: WatchItem[] = [];
    let ends = 0;
    const act = (item: WatchItem) => {
      items.push(item);
      if (item.kind !== 'end') return;
      ends++;
      if (ends === 1) setTimeout(() => gateway.append('r', 'run.retried', 'run.completed'), 50);
      else stop.abort(new Error('seen enough'));
    };
    await expect(watchAll(clientOf({ transport }), 'r', { follow: true, signal: stop.signal }, act)).rejects.toThrow(
      'seen enough',
    );
    expect(seqs(items)).toEqual([1, 2, 3, 4]);
  });

  it('throws for a run that does not exist, and for a cursor beyond the log', async () => {
    gateway.append('r', 'run.started');
    const client = clientOf({ transport });
    await expect(watchAll(client, 'nowhere')).rejects.toMatchObject({ code: 'run_not_found', status: 404 });
    await expect(watchAll(client, 'r', { after: 9 })).rejects.toMatchObject({ code: 'cursor_ahead' });
  });

  it('throws its reason when the signal fires', async () => {
    gateway.append('r', 'run.started');
    const stop = new AbortController();
    const act = (item: WatchItem) => item.kind === 'event' && stop.abort(new Error('enough'));
    await expect(watchAll(clientOf({ transport }), 'r', { signal: stop.signal }, act)).rejects.toThrow('enough');
  });

  it('sends the token in a header and never in the address', async () => {
    gateway.token = 'secret-token';
    gateway.append('r', 'run.started', 'run.completed');
    await watchAll(clientOf({ transport, token: () => Promise.resolve('secret-token') }), 'r');
    expect(gateway.requests.length).toBeGreaterThan(0);
    for (const { url, headers } of gateway.requests) {
      expect(url).not.toContain('secret-token');
      expect(headers.authorization).toBe('Bearer secret-token');
    }
  });

  it('throws unauthenticated where the token is not valid, instead of trying for ever', async () => {
    gateway.token = 'another';
    gateway.append('r', 'run.started');
    await expect(watchAll(clientOf({ transport, token: 'wrong' }), 'r')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('the choice of a transport', () => {
  it('falls back to event streams where WebSockets are refused, and to polling where those are too', async () => {
    gateway.append('r', 'run.started', 'run.completed');
    gateway.refused.add('websocket');
    const client = clientOf();
    expect(used(await watchAll(client, 'r'))).toEqual(['sse']);
    gateway.refused.add('sse');
    expect(used(await watchAll(client, 'r'))).toEqual(['polling']);
    expect(client.transport).toBe('polling');
  });

  it('falls back where WebSockets open but are cut each time before they bring anything', async () => {
    gateway.append('r', 'run.started', 'run.completed');
    let frames = 0;
    gateway.cuts = () => gateway.sockets.size > 0 && ++frames % 2 === 0;
    const items = await watchAll(clientOf(), 'r');
    expect(seqs(items)).toEqual([1, 2]);
    expect(used(items).at(-1)).toBe('sse');
  });

  it('stays with WebSockets, and comes back as soon each time, where a run that has nothing to tell is cut', async () => {
    gateway.append('r', 'run.started');
    let cuts = 0;
    const items = await watchAll(clientOf(), 'r', {}, (item) => {
      if (item.kind !== 'snapshot' || item.state.lastSeq !== 1) return;
      if (++cuts === 8) gateway.append('r', 'run.completed');
      else gateway.cutAll();
    });
    expect(new Set(used(items))).toEqual(new Set(['websocket']));
    const waitsMs = items.flatMap((item) =>
      item.kind === 'transport' && item.status === 'lost' ? [item.retryInMs] : [],
    );
    expect(waitsMs).toHaveLength(7);
    expect(Math.max(...waitsMs)).toBeLessThanOrEqual(2 * clientReconnectBaseMs);
  });

  it('takes the first transport for as long as the gateway is merely away', async () => {
    gateway.refused.add('everything');
    gateway.append('r', 'run.started', 'run.completed');
    let losses = 0;
    const items = await watchAll(clientOf(), 'r', {}, (item) => {
      if (item.kind === 'transport' && item.status === 'lost' && ++losses === 3) gateway.refused.clear();
    });
    expect(losses).toBe(3);
    expect(used(items)).toEqual(['websocket']);
  });

  it('works with the ws package, headers included', async () => {
    gateway.token = 'secret-token';
    gateway.append('r', 'run.started', 'run.completed');
    const client = clientOf({ transport: 'websocket', WebSocket: WsPackage, token: 'secret-token' });
    expect(seqs(await watchAll(client, 'r'))).toEqual([1, 2]);
  });

  it('begins with event streams where there is no WebSocket', async () => {
    gateway.append('r', 'run.started', 'run.completed');
    const known = globalThis.WebSocket;
    Reflect.deleteProperty(globalThis, 'WebSocket');
    onTestFinished(() => void (globalThis.WebSocket = known));
    expect(used(await watchAll(clientOf(), 'r'))).toEqual(['sse']);
    expect(() => clientOf({ transport: 'websocket' })).toThrow(BatonClientError);
  });
});

describe('watches that share a client', () => {
  it('share one socket, and close it when the last has ended', async () => {
    const client = clientOf();
    const runs = upTo(20).map((n) => `run-${n}`);
    for (const run of runs) gateway.append(run, 'run.started');
    let most = 0;
    const watches = runs.map((run) =>
      watchAll(client, run, {}, (item) => {
        most = Math.max(most, gateway.sockets.size);
        if (item.kind === 'event' && item.event.seq === 1) gateway.append(run, 'agent.emitted', 'run.completed');
      }),
    );
    for (const items of await Promise.all(watches)) expect(seqs(items)).toEqual([1, 2, 3]);
    expect(most).toBe(1);
    await expect.poll(() => gateway.sockets.size).toBe(0);
  });

  it('can watch the same run twice from different places', async () => {
    const client = clientOf();
    gateway.append('r', 'run.started', 'agent.emitted');
    const first = watchAll(client, 'r');
    const second = watchAll(client, 'r', { after: 1 }, (item) => {
      if (item.kind === 'event' && item.event.seq === 2) gateway.append('r', 'run.completed');
    });
    expect(seqs(await first)).toEqual([1, 2, 3]);
    expect(seqs(await second)).toEqual([2, 3]);
  });

  it('hand on live frames, except to those who want none', async () => {
    gateway.append('r', 'run.started');
    const client = clientOf();
    const frame = { agent: 'a', step: 'a#1', attempt: 1, at: '2026-01-01T00:00:00.000Z', fraction: 0.5 };
    const act = (item: WatchItem) => {
      if (item.kind !== 'event' || item.event.seq !== 1) return;
      gateway.live('r', frame);
      gateway.append('r', 'run.completed');
    };
    const items = await watchAll(client, 'r', {}, act);
    expect(items).toContainEqual({ kind: 'live', live: frame });
    gateway.append('q', 'run.started');
    const silent = await watchAll(client, 'q', { live: false }, (item) => {
      if (item.kind !== 'event' || item.event.seq !== 1) return;
      gateway.live('q', frame);
      gateway.append('q', 'run.completed');
    });
    expect(silent.filter((item) => item.kind === 'live')).toEqual([]);
  });

  it('all end with an AbortError when the client is closed', async () => {
    gateway.append('r', 'run.started');
    const client = clientOf();
    const act = (item: WatchItem) => item.kind === 'event' && client.close();
    await expect(watchAll(client, 'r', {}, act)).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => gateway.sockets.size).toBe(0);
  });
});
