/** A client as the existing apps are: it knows the address and the frames, and nothing of Baton. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduct, type Product } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { isStep, messagesOf, record, ScamRig, stepsOf, told } from './rig.ts';
import { busyMs } from '../../harness/busy.ts';

let product: Product;
let rig: ScamRig;
beforeAll(async () => {
  product = await startProduct();
  rig = new ScamRig(product.url);
});
afterAll(() => product.stop());

const inStage = (step: string, tool: string, percent: number) => ({ step, tool, percent });
const text = 'URGENT: call +1 (900) 555-0147 now';

describe('a check', () => {
  test('whose socket was opened first is told from the first record to the end, and closed with 1000', async () => {
    const id = unique('t');
    const socket = await rig.watch(`/${id}`);
    expect(await rig.analyze(id, text)).toMatchObject({
      status: 202,
      body: { task_id: id, status: 'queued', ws_path: `/ws/agent-progress/${id}` },
    });
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(stepsOf(socket.frames).map(([, percent]) => percent)).toEqual([0, 10, 35, 50, 80, 90, 100]);
  });

  test('has frames of the contract’s shape and no more, each with a time in UTC to the millisecond (3)', async () => {
    const id = unique('t');
    const socket = await rig.watch(`/${id}`);
    await rig.analyze(id, text);
    await socket.closed;
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
    const shape = { tool: null, timestamp, error: false };
    const number = '+19005550147';
    expect(told(socket.frames)).toEqual([
      { ...shape, step: 'connected', message: `Watching task ${id}`, percent: 0, task_id: id, connected: true },
      { ...shape, step: 'entity_extraction', message: 'Found 1 phone number', percent: 10 },
      { ...shape, ...inStage('scam_db', 'scam_database', 35), message: `Looking up ${number} among reported numbers` },
      { ...shape, ...inStage('exa_search', 'exa_search', 50), message: `Searching the web for reports of ${number}` },
      { ...shape, ...inStage('phone_validator', 'phone_validator', 80), message: `Validating the number ${number}` },
      { ...shape, step: 'reasoning', message: 'Weighing the evidence: 2 findings', percent: 90 },
      {
        ...shape,
        step: 'completed',
        message: 'Check finished: low risk',
        percent: 100,
        result: {
          risk_level: 'low',
          score: 25,
          confidence: 0.66,
          entities: { phones: [number], urls: [], domains: [], emails: [] },
          evidence: [
            { tool: 'phone_validator', entity: number, finding: 'premium-rate prefix', weight: 20 },
            { tool: 'reasoning', entity: 'urgent', finding: 'wording: urgency', weight: 5 },
          ],
          recommendation: expect.stringMatching(/./) as string,
        },
      },
    ]);
  });

  test('whose result is larger than an event may be is told whole', async () => {
    const id = unique('t');
    const host = (index: number) =>
      `${['x', 'y', 'z'].map((letter) => letter.repeat(55)).join('.')}.n${index}.paypal-secure.xyz`;
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const urls = numbers.map((index) => `http://${host(index)}/`);
    const mails = numbers.map((index) => `ann@${host(index)}`);
    const socket = await rig.watch(`/${id}`);
    await rig.analyze(id, [...urls, ...mails].join(' '));
    await socket.closed;
    const last = socket.frames.at(-1) as { result: { evidence: unknown[]; score: number } };
    expect(JSON.stringify(last).length).toBeGreaterThan(32 * 1_024);
    expect(last.result).toMatchObject({ score: 50, risk_level: 'medium' });
    expect(last.result.evidence).toHaveLength(80);
    expect(await rig.task(id)).toMatchObject({ result: last.result });
  });

  test('without a key for the web looks into the offline index, and its evidence says so', async () => {
    const id = unique('t');
    const socket = await rig.watch(`/${id}`);
    await rig.analyze(id, 'call 888-555-0173');
    await socket.closed;
    const { result } = socket.frames.at(-1) as {
      result: { score: number; evidence: { tool: string; finding: string }[] };
    };
    expect(result.score).toBe(70);
    const findings = result.evidence.filter(({ tool }) => tool === 'exa_search').map(({ finding }) => finding);
    expect(findings).toHaveLength(2);
    for (const finding of findings) expect(finding).toContain('offline');
  });

  test('that is cancelled tells so as failed, with its percent kept', async () => {
    const id = unique('t');
    await rig.publish(id, record('scam_db', 35));
    const socket = await rig.watch(`/${id}`);
    const path = `/api/scam/tasks/${id}/cancel`;
    expect((await rig.api.post(path, { reason: 'wrong message' })).status).toBe(202);
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(socket.frames.at(-1)).toEqual({
      step: 'failed',
      tool: null,
      message: 'Check cancelled: wrong message',
      percent: 35,
      timestamp: expect.any(String) as string,
      error: true,
    });
    expect(await rig.task(id)).toMatchObject({ status: 'cancelled', percent: 35 });
    expect(await rig.api.post(path, {})).toMatchObject({ status: 409, body: { error: { code: 'task_ended' } } });
    expect((await rig.api.post('/api/scam/tasks/nobody/cancel', {})).status).toBe(404);
  });

  test('that was started natively is watched by its id, before and after, and one of ours is seen natively', async () => {
    const id = unique('native');
    const early = await rig.watch(`/${id}`);
    await early.until(isStep('connected'));
    expect((await rig.api.post('/v1/runs', { blueprint: 'scam-analysis', input: { text }, id })).status).toBe(201);
    expect(await early.closed).toMatchObject({ code: 1000 });
    expect(told(early.frames)).toHaveLength(7);
    expect(await rig.task(id)).toMatchObject({ task_id: id, status: 'completed' });
    const ours = unique('t');
    await rig.analyze(ours, text);
    const events = await rig.api.eventsToEnd(`scam:${ours}`);
    expect(events.at(-1)).toMatchObject({ type: 'run.completed' });
    expect((await rig.api.get(`/v1/runs/scam:${ours}`)).body).toMatchObject({
      blueprint: 'scam-analysis',
      progress: 1,
    });
  });
});

describe('joining', () => {
  test('a socket that joins on the way is told what was stored, then what comes, nothing twice', async () => {
    const id = unique('t');
    for (const percent of [10, 20, 30]) await rig.publish(id, record('scam_db', percent));
    const socket = await rig.watch(`/${id}`);
    await socket.until(({ percent }) => percent === 30);
    for (const percent of [40, 50]) await rig.publish(id, record('exa_search', percent));
    await rig.publish(id, record('completed', 100, 'All done'));
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(stepsOf(socket.frames)).toEqual([
      ['connected', 0],
      ...[10, 20, 30].map((percent) => ['scam_db', percent]),
      ...[40, 50].map((percent) => ['exa_search', percent]),
      ['completed', 100],
    ]);
    expect(socket.frames.at(-1)).toMatchObject({ message: 'All done', error: false });
  });

  test('nothing is lost or doubled at the seam, whenever a socket joins', async () => {
    const id = unique('t');
    await rig.publish(id, record('scam_db', 0, 'message 0'));
    const sockets: TestSocket[] = [];
    for (let index = 1; index <= 40; index++) {
      const joining = index % 2 === 0 ? rig.watch(`/${id}`) : null;
      await rig.publish(id, record('scam_db', index, `message ${index}`));
      if (joining) sockets.push(await joining);
    }
    await rig.publish(id, record('completed', 100, 'message 41'));
    const expected = Array.from({ length: 42 }, (_, index) => `message ${index}`);
    for (const socket of sockets) {
      await socket.closed;
      expect(messagesOf(socket.frames).slice(1)).toEqual(expected);
    }
    expect(sockets).toHaveLength(20);
  });

  test('a socket on an ended task is told its records and closed within a second', async () => {
    const id = unique('t');
    await rig.analyze(id, text);
    await (
      await rig.watch(`/${id}`)
    ).closed;
    const late = await rig.watch(`/${id}`);
    await late.until(isStep('completed'));
    const toldAt = performance.now();
    expect(await late.closed).toMatchObject({ code: 1000 });
    expect(performance.now() - toldAt).toBeLessThan(1_000 + busyMs);
    expect(stepsOf(late.frames)[0]).toEqual(['connected', 0]);
    expect(stepsOf(late.frames).at(-1)).toEqual(['completed', 100]);
    expect(told(late.frames)).toHaveLength(7);
  });

  test('with replay=0 only what comes is told, and of an ended task its end', async () => {
    const id = unique('t');
    await rig.publish(id, record('scam_db', 20));
    const socket = await rig.watch(`/${id}?replay=0`);
    await expect.poll(async () => (await rig.publish(id, record('scam_db', 30))).body['delivered']).toBe(1);
    await socket.until(({ percent }) => percent === 30);
    await rig.publish(id, record('completed', 100));
    await socket.closed;
    expect(stepsOf(socket.frames)[0]).toEqual(['connected', 0]);
    expect(stepsOf(socket.frames)).not.toContainEqual(['scam_db', 20]);
    const late = await rig.watch(`/${id}?replay=0`);
    await late.closed;
    expect(stepsOf(late.frames)).toEqual([
      ['connected', 0],
      ['completed', 100],
    ]);
  });

  test('of a long task the last 200 records are told', async () => {
    const id = unique('t');
    const publish = (index: number) => rig.publish(id, record('scam_db', 20, `m${index}`));
    await publish(0);
    for (let from = 1; from <= 210; from += 30)
      await Promise.all(Array.from({ length: 30 }, (_, index) => publish(from + index)));
    const open = await rig.watch(`/${id}`);
    await expect.poll(() => told(open.frames).length).toBe(201);
    await rig.publish(id, record('completed', 100));
    await open.closed;
    const late = await rig.watch(`/${id}`);
    await late.closed;
    expect(told(late.frames)).toHaveLength(201);
    expect(messagesOf(late.frames).slice(1, -1)).toEqual(messagesOf(open.frames).slice(2, -1));
  });

  test('a client that drops and returns to another gateway is told the same', async () => {
    const id = unique('t');
    await rig.publish(id, record('scam_db', 20));
    const first = await rig.watch(`/${id}`);
    await first.until(({ percent }) => percent === 20);
    first.close();
    await rig.publish(id, record('scam_db', 30));
    const second = await product.startGateway();
    const other = new ScamRig(second.url);
    const back = await other.watch(`/${id}`);
    await back.until(({ percent }) => percent === 30);
    await rig.publish(id, record('completed', 100));
    await back.closed;
    expect(stepsOf(back.frames).map(([, percent]) => percent)).toEqual([0, 20, 30, 100]);
  });
});

describe('several tasks on one socket', () => {
  test('each frame names its task, and the socket closes when all have ended', async () => {
    const ids = [unique('a'), unique('b'), unique('c')];
    const socket = await rig.watch(`?task_ids=${ids.join(',')}`);
    await Promise.all([rig.analyze(ids[0] ?? '', text), rig.analyze(ids[1] ?? '', 'hello')]);
    await rig.publish(ids[2] ?? '', record('scam_db', 30));
    await socket.until(({ task_id: id, percent }) => id === ids[2] && percent === 30);
    await socket.until(({ task_id: id, step }) => id === ids[0] && step === 'completed');
    expect(socket.ws.readyState).toBe(1);
    await rig.publish(ids[2] ?? '', record('failed', 30, 'out of luck'));
    expect(await socket.closed).toMatchObject({ code: 1000 });
    const of = (id: string | undefined) => stepsOf(socket.frames.filter(({ task_id: task }) => task === id));
    expect(of(ids[0])).toHaveLength(7);
    expect(of(ids[1]).map(([step]) => step)).toEqual(['connected', 'entity_extraction', 'reasoning', 'completed']);
    expect(of(ids[2]).map(([step]) => step)).toEqual(['connected', 'scam_db', 'failed']);
    expect(told(socket.frames).filter(({ task_id: task }) => !ids.includes(String(task)))).toEqual([]);
  });

  test('fifty are taken; more, none, or a malformed one are refused', async () => {
    const fifty = Array.from({ length: 50 }, (_, index) => `${unique('t')}-${index}`);
    const socket = await rig.watch(`?task_ids=${fifty.join(',')}`);
    await expect.poll(() => socket.frames.filter(isStep('connected')).length).toBe(50);
    socket.close();
    for (const query of [
      `?task_ids=${[...fifty, 'x'].join(',')}`,
      '',
      '?task_ids=',
      '?task_ids=a,,b',
      '?task_ids=a,b%20c',
    ]) {
      const refused = await rig.watch(query);
      expect(await refused.closed, query).toMatchObject({ code: 1008 });
      expect(refused.frames, query).toMatchObject([{ step: 'failed', error: true }]);
    }
  });
});

test('the alias under /api is the same address', async () => {
  const id = unique('t');
  const sockets = await Promise.all(
    [`/${id}`, `?task_ids=${id}`].map((path) => rig.open(`/api/ws/agent-progress${path}`)),
  );
  await rig.publish(id, record('completed', 100));
  for (const socket of sockets) {
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(stepsOf(socket.frames)).toEqual([
      ['connected', 0],
      ['completed', 100],
    ]);
  }
});

test('permessage-deflate is negotiated where it is offered', async () => {
  const url = `${product.url.replace('http', 'ws')}/ws/agent-progress/${unique('t')}`;
  const offered = await TestSocket.open(url, { perMessageDeflate: true });
  expect(offered.ws.extensions).toContain('permessage-deflate');
  const plain = await TestSocket.open(url, { perMessageDeflate: false });
  expect(plain.ws.extensions).toBe('');
  await Promise.all([offered, plain].map((socket) => socket.until(isStep('connected'))));
  for (const socket of [offered, plain]) socket.close();
});

test('metrics count open sockets, their seconds and frames under the system’s name', async () => {
  const value = async (name: string) => {
    const body = await (await fetch(`${product.url}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{system="scam"\\} (\\S+)$`, 'm').exec(body)?.[1] ?? 0);
  };
  await expect.poll(() => value('ws_connections_active')).toBe(0);
  const [sent, seconds, closed] = await Promise.all(
    ['ws_messages_sent_total', 'ws_connection_duration_seconds_sum', 'ws_connection_duration_seconds_count'].map(value),
  );
  const socket = await rig.watch(`/${unique('t')}`);
  await socket.until(isStep('connected'));
  expect(await value('ws_connections_active')).toBe(1);
  expect(await value('ws_messages_sent_total')).toBe((sent ?? 0) + 1);
  socket.close();
  await expect.poll(() => value('ws_connections_active')).toBe(0);
  expect(await value('ws_connection_duration_seconds_count')).toBe((closed ?? 0) + 1);
  expect(await value('ws_connection_duration_seconds_sum')).toBeGreaterThan(seconds ?? 0);
});
