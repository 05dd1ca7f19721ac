/** The rooms of one client where Temporal is away, and where they are many. The engine is scripted. */
import { expect, test } from 'vitest';
import { BatonError } from '../../../protocol/errors.ts';
import type { Principal } from '../../../protocol/execution.ts';
import { readConfig } from '../../../runtime/config.ts';
import { createLog } from '../../../runtime/log.ts';
import { Admission } from '../../auth/admission.ts';
import { Guard } from '../../auth/guard.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import { AwaitedRuns } from '../../feed/awaited-runs.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { TestEngine } from '../../test-engine.ts';
import type { OwnMessage } from './message.ts';
import { Requests } from './requests.ts';
import { RoomSession, type SessionPeer } from './session.ts';

const nobody: Principal = { name: 'anonymous', roles: ['client', 'human', 'ops'], authenticated: false };
const away = () => new BatonError('temporal_down', 'Temporal did not answer');

class Client implements SessionPeer {
  readonly engine = new TestEngine();
  readonly told: Record<string, unknown>[] = [];
  readonly session: RoomSession;
  isOpen = true;
  /** Looks for runs that fail from now on, as Temporal does not answer. */
  failures = 0;
  private readonly awaited = new AwaitedRuns();

  constructor(requestId?: string, roomsMax = 10) {
    const { engine } = this;
    const owner = engine.runs.owner.bind(engine.runs);
    engine.runs.owner = (run) => (this.failures-- > 0 ? Promise.reject(away()) : owner(run));
    engine.feeds.whenBegun = (ids, begun) => this.awaited.when(ids, begun);
    const context: Partial<SurfaceContext> = {
      config: readConfig({}),
      engine,
      log: createLog('test', 'silent'),
      metrics: createMetrics(),
      admission: new Admission(0, 10),
    };
    const requests = new Requests(context as SurfaceContext);
    this.session = new RoomSession(requests, new Guard(engine, nobody), this, requestId, { roomsMax, retryMs: 1 });
  }

  hasRoom(): boolean {
    return this.isOpen;
  }

  tell(frames: Parameters<SessionPeer['tell']>[0]): void {
    for (const { message } of frames) this.told.push(message);
  }

  tellOwn(message: OwnMessage): void {
    this.told.push({ ...message });
  }

  close(): void {
    this.isOpen = false;
    this.session.closed();
  }

  /** Resolves with the reply. */
  ask(type: string, requestId: string): Promise<unknown> {
    return new Promise((resolve) => this.session.command(type, { requestId }, resolve));
  }

  /** The request begins, and whoever waits for it is told so. */
  begin(requestId: string): ReturnType<TestEngine['begin']> {
    const run = this.engine.begin(`rooms:${requestId}`);
    this.awaited.tell(run.id);
    return run;
  }

  isWaitingFor(requestId: string): boolean {
    return this.awaited.ids.includes(`rooms:${requestId}`);
  }

  get types(): unknown[] {
    return this.told.map(({ type, code }) => code ?? type);
  }
}

test('a client that waits for a request is in its room, though Temporal was away just as it began', async () => {
  const client = new Client();
  expect(await client.ask('rejoin', 'rq-1')).toEqual({ ok: true });
  client.failures = 3;
  const run = client.begin('rq-1');
  run.append('agent.completed', { agent: 'thought-agent', data: { result: {} } });
  await expect.poll(() => client.types).toEqual(['state', 'agent.completed']);
  client.close();
  expect(run.openFeeds).toBe(0);
});

test('a request that cannot be followed once it begins is a fault that the client is told', async () => {
  const client = new Client();
  await client.ask('rejoin', 'rq-1');
  client.engine.feeds.open = () => Promise.reject(new Error('broken'));
  client.begin('rq-1');
  await expect.poll(() => client.told.at(-1)).toMatchObject({ type: 'error', code: 'internal', requestId: 'rq-1' });
});

test('a client that connects while Temporal is away is told so, and gets into its room by itself', async () => {
  const client = new Client('rq-1');
  const run = client.engine.begin('rooms:rq-1');
  run.append('agent.completed', { agent: 'thought-agent', data: { result: {} } });
  client.failures = 3;
  client.session.connected({ showState: true });
  await expect.poll(() => client.types).toEqual(['temporal_down', 'state']);
  run.append('agent.completed', { agent: 'planner-agent', data: { result: {} } });
  await expect.poll(() => client.told.at(-1)).toMatchObject({ type: 'agent.completed', agent: 'planner-agent' });
  expect(client.types).toEqual(['temporal_down', 'state', 'agent.completed']);
});

test('and waits where there is no such request yet', async () => {
  const client = new Client('rq-1');
  client.failures = 3;
  client.session.connected({ showState: true });
  // Asked for by both of its names after it was away.
  await expect.poll(() => client.failures).toBe(-2);
  expect(client.isWaitingFor('rq-1')).toBe(true);
  client.begin('rq-1').append('agent.completed', { agent: 'thought-agent', data: { result: {} } });
  await expect.poll(() => client.types).toEqual(['temporal_down', 'agent.completed']);
});

test('a client that leaves while Temporal is away leaves nothing behind', async () => {
  const client = new Client('rq-1');
  client.failures = Number.POSITIVE_INFINITY;
  client.session.connected({ showState: true });
  await expect.poll(() => client.types).toEqual(['temporal_down']);
  client.close();
  let asked = 0;
  client.engine.runs.owner = () => {
    asked++;
    return Promise.reject(away());
  };
  const run = client.engine.begin('rooms:rq-1');
  await new Client().ask('rejoin', 'rq-2');
  expect([asked, run.openFeeds, client.types]).toEqual([0, 0, ['temporal_down']]);
});

test('a client may be in so many rooms; one whose request has ended makes place, and is let go of', async () => {
  const client = new Client(undefined, 2);
  const [one, two] = [client.begin('rq-1'), client.begin('rq-2')];
  client.begin('rq-3');
  for (const requestId of ['rq-1', 'rq-2', 'rq-2']) expect(await client.ask('rejoin', requestId)).toEqual({ ok: true });
  expect(await client.ask('rejoin', 'rq-3')).toMatchObject({ ok: false, error: { code: 'subscription_limit' } });
  expect(client.types).toEqual(['state', 'state', 'state', 'subscription_limit']);
  two.append('run.completed', { data: { result: {} } });
  expect(await client.ask('rejoin', 'rq-3')).toEqual({ ok: true });
  expect([one.openFeeds, two.openFeeds]).toEqual([1, 0]);
  expect(await client.ask('rejoin', 'rq-2')).toMatchObject({ error: { code: 'subscription_limit' } });
});

test('requests that are waited for count among the rooms, once each', async () => {
  const client = new Client(undefined, 2);
  for (const requestId of ['rq-1', 'rq-1', 'rq-2']) expect(await client.ask('rejoin', requestId)).toEqual({ ok: true });
  expect(await client.ask('rejoin', 'rq-3')).toMatchObject({ error: { code: 'subscription_limit' } });
  client.begin('rq-1').append('run.completed', { data: { result: {} } });
  await expect.poll(() => client.types.at(-1)).toBe('request.completed');
  expect(await client.ask('rejoin', 'rq-3')).toEqual({ ok: true });
});
