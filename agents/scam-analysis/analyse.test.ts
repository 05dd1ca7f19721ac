import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentContext } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import type { Model } from '../../runtime/model/model.ts';
import { openEntityReports, type EntityReports } from '../../stores/entities/entity-reports.ts';
import { analyse, type AnalysisTools } from './analyse.ts';
import { openWebReports } from './web-reports.ts';

interface Told {
  n: number;
  step: string;
  message: string;
  percent: number;
  error: boolean;
}

let folder: string;
let reports: EntityReports;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-scam-'));
  reports = openEntityReports(folder);
});
afterEach(async () => {
  reports.close();
  await rm(folder, { recursive: true });
});

const offline = { EXA_API_KEY: undefined, EXA_BASE_URL: 'http://127.0.0.1:1' };

async function check(
  text: string,
  { owner = 'ann', ...tools }: Partial<AnalysisTools & { owner: string | null }> = {},
  signal = new AbortController().signal,
) {
  const told: Told[] = [];
  const streamed: string[] = [];
  const quiet = () => undefined;
  const ctx = {
    signal,
    owner,
    progress: quiet,
    text: (chunk: string) => void streamed.push(chunk),
    emit: (_kind: string, data: Told) => Promise.resolve(void told.push(data)),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  } as unknown as AgentContext;
  const end = await analyse(
    ctx,
    { text },
    { reports: () => reports, web: openWebReports(offline), model: null, ...tools },
  );
  if (!('done' in end)) throw new Error('not done');
  return { told, streamed, result: end.done };
}

test('a long note that is cut within a character can still be read by every client', async () => {
  const note = `${'x'.repeat(199)}😀`;
  reports.report({ kind: 'domain', entity: 'bad.test', note, by: 'ann', at: '2026-01-05T10:00:00.000Z' });
  const { result } = await check('see https://bad.test/');
  expect(result.evidence.map(({ finding }) => finding)).toContain(`reported as a scam: ${'x'.repeat(199)}\ufffd`);
});

test('what was reported is found from then on, also under a reported domain', async () => {
  const text = 'see https://login.bad-shop.example.org/ or +44 20 7946 0001 or ann@bad.test';
  expect((await check(text)).result.score).toBe(0);
  const by = { by: 'ann', at: '2026-01-05T10:00:00.000Z' };
  reports.report({ kind: 'domain', entity: 'bad-shop.example.org', note: 'fake shop', ...by });
  const { result } = await check(text);
  expect(result.evidence).toEqual([
    {
      tool: 'scam_database',
      entity: 'login.bad-shop.example.org',
      finding: 'reported as a scam: fake shop',
      weight: 50,
    },
  ]);
  expect(result).toMatchObject({ score: 50, risk_level: 'medium', confidence: 0.58 });
  reports.report({ kind: 'email', entity: 'ann@bad.test', ...by });
  expect((await check(text)).result.score).toBe(70);
});

test('evidence quotes no note but the owner’s and the shipped ones', async () => {
  reports.report({ kind: 'domain', entity: 'bad.test', note: 'mine', by: 'ann', at: '2026-01-05T10:00:00.000Z' });
  const finding = async (text: string, owner: string | null) =>
    (await check(text, { owner })).result.evidence[0]?.finding;
  expect(await finding('https://bad.test/', 'ann')).toBe('reported as a scam: mine');
  for (const other of ['bob', null]) {
    expect(await finding('https://bad.test/', other)).toBe('reported as a scam');
    expect(await finding('888-555-0173', other)).toMatch(/^reported as a scam: ./);
  }
});

test('the shipped reports and the offline index are known from the start, and evidence says offline', async () => {
  const { result } = await check('call 888-555-0173');
  expect(result.evidence.map(({ tool, weight }) => [tool, weight])).toEqual([
    ['scam_database', 50],
    ['exa_search', 10],
    ['exa_search', 10],
  ]);
  expect(result.evidence[1]?.finding).toContain('offline');
  expect(result).toMatchObject({ score: 70, risk_level: 'high' });
});

async function serve(answer: (body: Record<string, unknown>, req: IncomingMessage, res: ServerResponse) => void) {
  const server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    req.on('end', () => answer(JSON.parse(text) as Record<string, unknown>, req, res));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

test('with a key the web is searched, and pages that report the entity are evidence', async () => {
  const asked: unknown[] = [];
  const site = await serve((body, req, res) => {
    asked.push([req.url, req.headers['x-api-key'], body['query']]);
    const results = [
      { title: 'Scam report: 1 202-555-0114', url: 'http://a.test/', text: 'a caller' },
      { title: 'Numbers', url: 'http://b.test/', text: 'complaints about (202) 555 0114' },
      { title: 'Scams of another number', url: 'http://c.test/', text: '12025550114999' },
      { title: 'A shop', url: 'http://d.test/', text: '+12025550114' },
    ];
    res.end(JSON.stringify({ results }));
  });
  const web = openWebReports({ EXA_API_KEY: 'key', EXA_BASE_URL: site.url });
  const { result } = await check('+12025550114', { web });
  site.close();
  expect(asked).toEqual([['/search', 'key', '"+12025550114" scam fraud report']]);
  expect(result.evidence.map(({ finding }) => finding)).toEqual([
    'web report: Scam report: 1 202-555-0114',
    'web report: Numbers',
  ]);
  expect(result.score).toBe(20);
});

test('a tool that fails fails its own records, and the check goes on', async () => {
  const site = await serve((body, _req, res) => {
    res.statusCode = String(body['query']).includes('0114') ? 500 : 200;
    res.end(JSON.stringify({ results: [] }));
  });
  const web = openWebReports({ EXA_API_KEY: 'key', EXA_BASE_URL: site.url });
  const broken = () => {
    throw new Error('the disk is full');
  };
  const { told, result } = await check('+12025550114 +12025550115', { web, reports: broken });
  site.close();
  expect(told.map(({ step, percent, error }) => [step, percent, error])).toEqual([
    ['entity_extraction', 10, false],
    ['scam_db', 28, true],
    ['scam_db', 35, true],
    ['exa_search', 43, true],
    ['exa_search', 50, false],
    ['phone_validator', 73, false],
    ['phone_validator', 80, false],
    ['reasoning', 90, false],
  ]);
  expect(told[1]?.message).toContain('the disk is full');
  expect(told[3]?.message).toContain('500');
  expect(result.risk_level).toBe('none');
});

test('a check that is told to stop stops, and tells no record of it', async () => {
  const stop = new AbortController();
  const site = await serve(() => stop.abort(new Error('cancelled')));
  const web = openWebReports({ EXA_API_KEY: 'key', EXA_BASE_URL: site.url });
  await expect(check('+12025550114', { web }, stop.signal)).rejects.toThrow('cancelled');
  site.close();
});

test('records count from 1 without a hole, and percents never fall, whatever the message', async () => {
  const { told } = await check('http://a.test b.test/x +12025550114 +12025550115 c@d.test e@gmail.com act now');
  expect(told.map(({ n }) => n)).toEqual(told.map((_, index) => index + 1));
  const percents = told.map(({ percent }) => percent);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.every(Number.isInteger)).toBe(true);
});

function modelThat(text: Model['text']): Model {
  return { name: 'test/model', text, object: () => Promise.reject(new Error('not asked')) };
}

test('a model writes the recommendation, streamed; the score stays the formula’s', async () => {
  const model = modelThat(({ prompt, onText }) => {
    expect(JSON.parse(prompt)).toMatchObject({ message: 'urgent bitcoin', score: 20 });
    onText?.('Do not ');
    onText?.('pay.');
    return Promise.resolve({ text: 'Do not pay.', usage: { inputTokens: 7, outputTokens: 3 } });
  });
  const { result, streamed } = await check('urgent bitcoin', { model });
  expect(result).toMatchObject({ recommendation: 'Do not pay.', score: 20, risk_level: 'low' });
  expect(streamed.join('')).toBe('Do not pay.');
});

test('a model that refuses is told in the record of the reasoning, and the standard advice stands in', async () => {
  const model = modelThat(() => Promise.reject(new BatonError('model_refused', 'the key was refused')));
  const { result, told } = await check('urgent', { model });
  expect(told.at(-1)).toMatchObject({ step: 'reasoning', error: true });
  expect(told.at(-1)?.message).toContain('the key was refused');
  expect(result.recommendation).not.toBe('');
});
