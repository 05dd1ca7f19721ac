/** Failed runs are found, counted and grouped as they stand now, over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureGroup } from '../../protocol/schemas/runs-query.ts';
import { startTestGateway, type TestGateway, Api } from '../harness/gateway.ts';
import { unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';

interface Page {
  items: { id: string }[];
  nextCursor: string | null;
}

const customer = unique('acme');
const ofAcme = `attr.customer=${customer}`;
const failing = (code: string) => ({ do: 'fail', attempts: 9, code });
const causes: Record<string, unknown[][]> = {
  'agent_timeout scripted#1': [[failing('agent_timeout')]],
  'agent_timeout scripted#2': [[{ do: 'emit', count: 1 }], [failing('agent_timeout')]],
  'mcp_crashed scripted#1': [[failing('mcp_crashed')]],
};

let gateway: TestGateway;
let api: Api;
const runs: Record<string, string[]> = {};
let good: string;

async function start(steps: unknown[][]): Promise<string> {
  const input = { steps: steps.map((script) => ({ script })), customer };
  const { status, body } = await api.post('/v1/runs', { blueprint: 'script', input });
  expect(status, JSON.stringify(body)).toBe(201);
  return String(body['id']);
}

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { LOG_LEVEL: 'error' } });
  api = new Api(gateway.url);
  for (const [cause, steps] of Object.entries(causes)) runs[cause] = [await start(steps), await start(steps)];
  good = await start([[{ do: 'emit', count: 1 }]]);
  for (const run of [...Object.values(runs).flat(), good]) await api.eventsToEnd(run);
});
afterAll(() => gateway.stop());

const listed = async (query: string) => {
  const { status, body } = await api.get(`/v1/runs?${ofAcme}&${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body['items'] as { id: string }[]).map(({ id }) => id).toSorted();
};
const groups = async (query = '') => {
  const { body } = await api.get(`/v1/runs/groups?${ofAcme}${query}`);
  return (body['items'] as FailureGroup[])
    .map(({ code, step, count }): [string, number] => [`${code} ${step}`, count])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
};
/** Visibility lags behind the log by milliseconds. */
const eventually = (what: string, ask: () => Promise<unknown>, expected: unknown) =>
  until(what, async () => JSON.stringify(await ask()) === JSON.stringify(expected)).catch(async () =>
    expect(await ask()).toEqual(expected),
  );

test('failed runs are found by code, step, agent of the step, and what the input was declared searchable by', async () => {
  const of = (cause: string) => (runs[cause] ?? []).toSorted();
  await eventually('all', () => listed('status=failed'), Object.values(runs).flat().toSorted());
  await eventually('completed', () => listed('status=completed'), [good]);
  expect(await listed('code=mcp_crashed')).toEqual(of('mcp_crashed scripted#1'));
  expect(await listed('code=agent_timeout&step=scripted%232')).toEqual(of('agent_timeout scripted#2'));
  expect(await listed('step=scripted')).toEqual(Object.values(runs).flat().toSorted());
  expect(await listed('step=scripted%233')).toEqual([]);
  expect(await listed(`idPrefix=${good.slice(0, 12)}`)).toEqual([good]);
  expect(await listed('status=failed,completed')).toHaveLength(7);
  expect(await listed('endedAfter=2999-01-01T00:00:00Z')).toEqual([]);
  const [item] = (await api.get(`/v1/runs?${ofAcme}&code=mcp_crashed&limit=1`)).body['items'] as object[];
  expect(item).toMatchObject({ status: 'failed', failure: { code: 'mcp_crashed', step: 'scripted#1' } });
});

test('pages follow one another without a repeat, and a cursor of another filter is refused', async () => {
  const page = async (query: string) => (await api.get(`/v1/runs?${ofAcme}&limit=2${query}`)).body as unknown as Page;
  const seen: string[] = [];
  let next: string | null = null;
  do {
    const { items, nextCursor }: Page = await page(`&status=failed${next === null ? '' : `&cursor=${next}`}`);
    seen.push(...items.map(({ id }) => id));
    next = nextCursor;
  } while (next !== null);
  expect(seen.toSorted()).toEqual(Object.values(runs).flat().toSorted());
  const { nextCursor } = await page('&status=failed');
  const other = await api.get(`/v1/runs?${ofAcme}&limit=2&cursor=${nextCursor}`);
  expect([other.status, other.body['code']]).toEqual([422, 'invalid_cursor']);
});

test('groups tell code and step with an example each, and forget a run that has gone on to a good end', async () => {
  const all = Object.keys(causes).toSorted();
  await eventually(
    'groups',
    () => groups(),
    all.map((cause) => [cause, 2]),
  );
  const { body } = await api.get(`/v1/runs/groups?${ofAcme}`);
  for (const { code, step, example } of body['items'] as FailureGroup[])
    expect(runs[`${code} ${step}`]).toContain(example);
  expect(await groups('&code=mcp_crashed')).toEqual([['mcp_crashed scripted#1', 2]]);

  const [repaired = ''] = runs['mcp_crashed scripted#1'] ?? [];
  const edits = { input: { steps: [{ script: [{ do: 'emit', count: 1 }] }], customer } };
  expect((await api.post(`/v1/runs/${repaired}/reset`, { step: 'scripted#1', edits })).status).toBe(200);
  await api.eventsToEnd(repaired, Number((await api.get(`/v1/runs/${repaired}`)).body['lastSeq']));
  await eventually('one less', () => groups('&code=mcp_crashed'), [['mcp_crashed scripted#1', 1]]);
  const count = async () => (await api.get(`/v1/runs/count?${ofAcme}`)).body;
  await eventually('counts', count, { total: 7, byStatus: { completed: 2, failed: 5 } });
  await eventually('the list', () => listed('code=mcp_crashed'), runs['mcp_crashed scripted#1']?.slice(1));
});

test('whatever characters an attribute or an owner is made of, its run is listed, and found by it', async () => {
  const names = [`what? "${customer}"`, String.raw`C:\new\table ${customer}`, `O'Hara's 100%_? ${customer}`];
  const ids: string[] = [];
  for (const name of names) {
    const input = { steps: [{ script: [{ do: 'emit', count: 1 }] }], customer: name };
    ids.push(String((await api.post('/v1/runs', { blueprint: 'script', input })).body['id']));
  }
  const found = async (query: string) => {
    const { status, body } = await api.get(`/v1/runs?${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return (body['items'] as { id: string }[]).map(({ id }) => id);
  };
  for (const [place, name] of names.entries())
    await eventually(name, () => found(`attr.customer=${encodeURIComponent(name)}`), [ids[place]]);
  expect(await found(`owner=${encodeURIComponent('who?')}&blueprint=what%3F`)).toEqual([]);
  expect((await api.get(`/v1/runs/count?attr.customer=${encodeURIComponent('?')}`)).body).toMatchObject({ total: 0 });

  // No filter has it, and no database: the run is there all the same.
  const input = { steps: [{ script: [{ do: 'emit', count: 1 }] }], customer: `a\u0000b${customer}\ud800` };
  const { body } = await api.post('/v1/runs', { blueprint: 'script', input });
  await eventually('the run', () => found(`ids=${String(body['id'])}`), [body['id']]);
});

test.each([
  ['status=lost', 'status'],
  ['startedAfter=yesterday', 'startedAfter'],
  ['limit=0', 'limit'],
  ['attr.a%20b=c', 'attr.a b'],
  ['waiting=perhaps', 'waiting'],
  ['code=%00', 'code'],
])('%s is refused with the field', async (query, field) => {
  const { status, body } = await api.get(`/v1/runs?${query}`);
  expect([status, body['code']]).toEqual([422, 'invalid_request']);
  expect(String(body['field'])).toContain(field);
});
