/** Section 3 of the contract: what a socket is told, and in which order. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataOf, eventsOf, hasStatus, idsOf, isEvent, isoText, startMgx, statesOf, typesOf, type Mgx } from './mgx.ts';
import { busyMs } from '../../harness/busy.ts';

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx();
});
afterAll(() => mgx.stop());

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);
const roles = ['ProductManager', 'Architect', 'ProjectManager', 'Engineer', 'QaEngineer'];

describe('a socket on a task that nobody has begun', () => {
  test('is told connected and a state first, begins it without a run call, and ends by itself (3, rules 1 and 2)', async () => {
    const id = await mgx.create();
    const socket = await mgx.watch(id);
    expect(await socket.closed).toMatchObject({ code: 1000 });
    const [connected, state, first] = socket.frames;
    expect(connected).toEqual({
      type: 'connected',
      data: { task_id: id, message: `Subscribed to task ${id}`, status: 'PENDING' },
    });
    expect(state).toEqual({
      type: 'state',
      data: { task_id: id, status: 'PENDING', progress: 0, current_agent: null, updated_at: isoText },
    });
    expect(first).toEqual({
      type: 'event',
      data: {
        event_id: 1,
        task_id: id,
        run_id: 'r-1',
        event_type: 'TASK_STARTED',
        agent_role: null,
        message: 'Task started',
        payload: { title: null, test_mode: false },
        timestamp: isoText,
      },
    });
    expect(new Set(socket.frames.map(({ type }) => type))).toEqual(new Set(['connected', 'event', 'state']));
  });

  test('hears of every role in order, at least two events of each, ids without holes (1 and 3)', async () => {
    const id = await mgx.create();
    const socket = await mgx.watch(id);
    await socket.closed;
    const events = eventsOf(socket);
    expect(idsOf(socket)).toEqual(upTo(events.length));
    const role = (type: string) =>
      events.filter((event) => event['event_type'] === type).map((event) => event['agent_role']);
    expect(role('AGENT_STARTED')).toEqual(roles);
    expect(role('AGENT_FINISHED')).toEqual(roles);
    for (const name of roles) {
      const own = events.filter(
        (event) => event['agent_role'] === name && /MESSAGE|ARTIFACT/.test(String(event['event_type'])),
      );
      expect(own.length).toBeGreaterThanOrEqual(2);
    }
    for (const event of events) {
      expect(Object.keys(event).join(' ')).toBe(
        'event_id task_id run_id event_type agent_role message payload timestamp',
      );
      expect(event['message']).not.toBe('');
    }
    expect(events.at(-1)).toMatchObject({ event_type: 'TASK_FINISHED', payload: { status: 'COMPLETED' } });
    expect(socket.frames.find((frame) => isEvent('ARTIFACT', 'Architect')(frame))).toEqual({
      type: 'event',
      data: {
        event_id: expect.any(Number) as number,
        task_id: id,
        run_id: 'r-1',
        event_type: 'ARTIFACT',
        agent_role: 'Architect',
        message: 'files.json is ready',
        payload: {
          name: 'files.json',
          content: expect.stringMatching(/^\[/) as string,
          media_type: 'application/json',
          bytes: expect.any(Number) as number,
          url: expect.stringContaining('/blobs/') as string,
        },
        timestamp: isoText,
      },
    });
  });

  test('many sockets and run calls at the same instant begin one run, and all see the same events (3, rule 2)', async () => {
    const id = await mgx.create();
    const [calls, sockets] = await Promise.all([
      Promise.all(upTo(5).map(() => mgx.api.post(`/api/tasks/${id}/run`))),
      Promise.all(upTo(10).map(() => mgx.watch(id))),
    ]);
    expect(calls.map(({ status, body }) => [status, body['run_id']])).toEqual(calls.map(() => [202, 'r-1']));
    await Promise.all(sockets.map((socket) => socket.closed));
    const [first, ...others] = sockets.map(eventsOf);
    for (const events of others) expect(events).toEqual(first);
    const { body } = await mgx.api.get(`/v1/runs/mgx%3A${id}/events`);
    const begun = (body['events'] as { type: string }[]).filter(({ type }) => type === 'run.begun');
    expect(begun.length).toBe(1);
  });
});

describe('states', () => {
  test('follow every AGENT_STARTED and AGENT_FINISHED at once; progress begins at 0, never falls, and ends at 1 (3, rule 3)', async () => {
    const socket = await mgx.watch(await mgx.create());
    await socket.closed;
    socket.frames.forEach((frame, index) => {
      if (!isEvent('AGENT_STARTED')(frame) && !isEvent('AGENT_FINISHED')(frame)) return;
      const next = socket.frames[index + 1];
      expect(next).toMatchObject({ type: 'state', data: { current_agent: dataOf(frame)['agent_role'] } });
    });
    const progress = statesOf(socket).map((state) => Number(state['progress']));
    expect(progress[0]).toBe(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    const ends = socket.frames.flatMap((frame, index) =>
      isEvent('AGENT_FINISHED')(frame) ? dataOf(socket.frames[index + 1])['progress'] : [],
    );
    expect(ends).toEqual([0.2, 0.4, 0.5, 0.85, 1]);
  });

  test('and events go out as soon as something has happened, not with the state that is told every five seconds', async () => {
    const socket = await mgx.watch(await mgx.create());
    const came: { at: number; of: number }[] = [];
    socket.ws.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { data: { updated_at?: string; timestamp?: string } };
      const of = frame.data.updated_at ?? frame.data.timestamp;
      if (of !== undefined) came.push({ at: Date.now(), of: Date.parse(of) });
    });
    await socket.closed;
    expect(came.length).toBeGreaterThan(40);
    const lags = came.map(({ at, of }) => at - of).toSorted((a, b) => a - b);
    // With the state it would be two and a half seconds.
    expect(lags[Math.floor(lags.length / 2)]).toBeLessThan(1_500);
  });
});

describe('several sockets on a task', () => {
  test('each gets everything, and one that leaves disturbs neither the others nor the run (3, rule 4)', async () => {
    const id = await mgx.create();
    const [leaves, stays, other] = await Promise.all([mgx.watch(id), mgx.watch(id), mgx.watch(id)]);
    await leaves?.until(isEvent('AGENT_STARTED', 'Architect'));
    leaves?.close();
    await Promise.all([stays?.closed, other?.closed]);
    expect(stays?.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED' } });
    expect(eventsOf(stays as never)).toEqual(eventsOf(other as never));
  });

  test('a hundred all get everything (6)', async () => {
    const id = await mgx.create();
    const sockets = await Promise.all(upTo(100).map(() => mgx.watch(id)));
    await Promise.all(sockets.map((socket) => socket.closed));
    const lasts = sockets.map((socket) => idsOf(socket));
    expect(lasts[0]?.length).toBeGreaterThan(20);
    for (const ids of lasts) expect(ids).toEqual(lasts[0]);
  });
});

describe('a socket that comes late', () => {
  test('in mid-run is told the state of now, all that was, and what comes (3, rule 1)', async () => {
    const id = await mgx.create();
    const early = await mgx.watch(id);
    await early.until(isEvent('AGENT_STARTED', 'Engineer'));
    const late = await mgx.watch(id);
    await Promise.all([early.closed, late.closed]);
    expect(eventsOf(late)).toEqual(eventsOf(early));
    expect(typesOf(late).slice(0, 3)).toEqual(['connected', 'state', 'TASK_STARTED']);
    expect(late.frames[0]).toMatchObject({ data: { status: 'RUNNING' } });
    const progress = statesOf(late).map((state) => Number(state['progress']));
    expect(progress[0]).toBeGreaterThanOrEqual(0.5);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(late.frames.at(-1)).toMatchObject({ type: 'state', data: { status: 'COMPLETED', progress: 1 } });
  });

  test('after the end: connected, state, all events, no second state, 1000; and it is not run again (3, rule 5)', async () => {
    const id = await mgx.create();
    const first = await mgx.watch(id);
    await first.closed;
    const task = await mgx.api.get(`/api/tasks/${id}`);
    const late = await mgx.watch(id);
    expect((await late.closed).code).toBe(1000);
    const types = late.frames.map(({ type }) => type);
    expect(types).toEqual(['connected', 'state', ...types.slice(2).map(() => 'event')]);
    expect(late.frames[1]).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
    expect(eventsOf(late)).toEqual(eventsOf(first));
    expect((await mgx.api.get(`/api/tasks/${id}`)).body).toEqual(task.body);
  });

  test('with after it is told only what follows; an after that is none, or beyond, is an error and 1008', async () => {
    const id = await mgx.create();
    const first = await mgx.watch(id);
    await first.closed;
    const last = idsOf(first).length;
    const late = await mgx.watch(id, `?after=${last - 2}`);
    await late.closed;
    expect(idsOf(late)).toEqual([last - 1, last]);
    for (const [after, code] of [
      [last + 1, 'cursor_ahead'],
      ['x', 'invalid_cursor'],
      [-1, 'invalid_cursor'],
    ]) {
      const wrong = await mgx.watch(id, `?after=${after}`);
      expect((await wrong.closed).code).toBe(1008);
      expect(wrong.frames).toMatchObject([{ type: 'error', data: { code } }]);
    }
  });

  test('that left in mid-run and comes back with after has everything once', async () => {
    const id = await mgx.create();
    const whole = await mgx.watch(id);
    const leaves = await mgx.watch(id);
    await leaves.until(isEvent('AGENT_FINISHED', 'Architect'));
    leaves.close();
    await leaves.closed;
    const seen = eventsOf(leaves);
    const back = await mgx.watch(id, `?after=${String(seen.at(-1)?.['event_id'])}`);
    await Promise.all([whole.closed, back.closed]);
    expect([...seen, ...eventsOf(back)]).toEqual(eventsOf(whole));
  });
});

describe('the end', () => {
  test('is TASK_FINISHED, then the last state, then 1000 within a second (3, rule 5)', async () => {
    const socket = await mgx.watch(await mgx.create());
    await socket.until(hasStatus('COMPLETED'), 20_000);
    const from = performance.now();
    expect((await socket.closed).code).toBe(1000);
    expect(performance.now() - from).toBeLessThan(1_000 + busyMs);
    expect(typesOf(socket).slice(-2)).toEqual(['TASK_FINISHED', 'state']);
  });
});
