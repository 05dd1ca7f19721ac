/** The rules of a check (1) and its stages, by what a socket of the product is told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduct, type Product } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import type { Frame } from '../../harness/test-socket.ts';
import { ScamRig, told } from './rig.ts';
import { startWebSearch, type WebSearch } from './web-search.ts';

let product: Product;
let rig: ScamRig;
let web: WebSearch;
beforeAll(async () => {
  web = await startWebSearch();
  product = await startProduct({ EXA_API_KEY: 'exa-key', EXA_BASE_URL: web.url });
  rig = new ScamRig(product.url);
});
afterAll(async () => {
  await product.stop();
  await web.stop();
});

interface Result {
  risk_level: string;
  score: number;
  confidence: number;
  entities: { phones: string[]; urls: string[]; domains: string[]; emails: string[] };
  evidence: { tool: string; entity: string; finding: string; weight: number }[];
  recommendation: string;
}

async function check(text: string): Promise<{ frames: Frame[]; result: Result }> {
  const id = unique('check');
  const socket = await rig.watch(`/${id}`);
  expect((await rig.analyze(id, text)).status).toBe(202);
  expect(await socket.closed).toMatchObject({ code: 1000 });
  return { frames: socket.frames, result: socket.frames.at(-1)?.['result'] as Result };
}

const walkOf = (frames: readonly Frame[]) =>
  told(frames)
    .slice(1)
    .map(({ step, tool, percent }) => [step, tool, percent] as const);

describe.concurrent('stages', () => {
  const ends = [
    ['reasoning', null, 90],
    ['completed', null, 100],
  ];

  test('walk one phone number from 10 over 35, 50, 80 and 90 to 100', async () => {
    const { frames } = await check('call +1 202 555 0114');
    expect(walkOf(frames)).toEqual([
      ['entity_extraction', null, 10],
      ['scam_db', 'scam_database', 35],
      ['exa_search', 'exa_search', 50],
      ['phone_validator', 'phone_validator', 80],
      ...ends,
    ]);
  });

  test('give each checked entity a record of its own, at lo + round((hi − lo) · i / n)', async () => {
    const { frames } = await check(
      '+12025550114 +12025550115 http://a-site.test/x a-site.test b-site.test ann@gmail.com',
    );
    const stage = (step: string, tool: string, lo: number, hi: number, n: number) =>
      Array.from({ length: n }, (_, index) => [step, tool, lo + Math.round(((hi - lo) * (index + 1)) / n)]);
    expect(walkOf(frames)).toEqual([
      ['entity_extraction', null, 10],
      ...stage('scam_db', 'scam_database', 20, 35, 5),
      ...stage('exa_search', 'exa_search', 35, 50, 5),
      ...stage('domain_reputation', 'domain_reputation', 50, 65, 2),
      ...stage('phone_validator', 'phone_validator', 65, 80, 2),
      ...ends,
    ]);
  });

  test('without entities are skipped', async () => {
    expect(walkOf((await check('nothing to look up')).frames)).toEqual([['entity_extraction', null, 10], ...ends]);
    const mail = walkOf((await check('ann@gmail.com')).frames).map(([step]) => step);
    expect(mail).toEqual(['entity_extraction', 'scam_db', 'exa_search', 'reasoning', 'completed']);
  });

  test('go on where a tool fails: its record says so, with its own step (3)', async () => {
    const { frames, result } = await check('see http://down.test/ and up.test');
    expect(
      told(frames)
        .slice(1)
        .map(({ step, error }) => [step, error]),
    ).toEqual([
      ['entity_extraction', false],
      ['scam_db', false],
      ['scam_db', false],
      ['exa_search', true],
      ['exa_search', false],
      ['domain_reputation', false],
      ['domain_reputation', false],
      ['reasoning', false],
      ['completed', false],
    ]);
    expect(frames.find(({ error }) => error === true)?.['message']).toContain('503');
    expect(result).toMatchObject({ score: 5, risk_level: 'none' });
  });
});

test('the web is asked with the key, once for each checked entity', async () => {
  await check('+1 202 555 0177 and http://once-asked.test/ and once-asked.test/again');
  const asked = web.asked.filter(({ query }) => /0177|once-asked/.test(query));
  const entities = asked.map(({ query }) => /"([^"]*)"/.exec(query)?.[1]);
  expect(entities).toHaveLength(2);
  expect(new Set(entities)).toEqual(new Set(['+12025550177', 'once-asked.test']));
  expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['exa-key']));
});

test('a check that is cancelled while it waits for the web gives up the search, and keeps its percent (4)', async () => {
  const id = unique('check');
  const socket = await rig.watch(`/${id}`);
  await rig.analyze(id, 'see silent.test');
  const search = await until('the search', () => web.asked.find(({ query }) => query.includes('silent.test')));
  expect((await rig.api.post(`/api/scam/tasks/${id}/cancel`, {})).status).toBe(202);
  expect(await socket.closed).toMatchObject({ code: 1000 });
  expect(socket.frames.at(-1)).toMatchObject({ step: 'failed', error: true, percent: 35, message: 'Check cancelled' });
  await until('the search to be given up', search.isGone);
  expect(await rig.task(id)).toMatchObject({ status: 'cancelled' });
});

describe.concurrent('entities', () => {
  const none = { phones: [], urls: [], domains: [], emails: [] };
  test.each([
    ['(202) 555-0114', { phones: ['+12025550114'] }],
    ['202.555.0114 or 2025550115', { phones: ['+12025550114', '+12025550115'] }],
    ['+44 20 7946 0001', { phones: ['+442079460001'] }],
    ['5550114', { phones: ['+5550114'] }],
    ['123456 and 1234567890123456', {}],
    ['https://Shop.Example/a?b=1', { urls: ['https://Shop.Example/a?b=1'], domains: ['shop.example'] }],
    ['b.test/x, then c.test.', { urls: ['b.test/x', 'c.test'], domains: ['b.test', 'c.test'] }],
    ['http://d.test/1 http://d.test/2', { urls: ['http://d.test/1', 'http://d.test/2'], domains: ['d.test'] }],
    ['Ann@corp.test', { emails: ['ann@corp.test'], domains: ['corp.test'] }],
    ['ann@gmail.com', { emails: ['ann@gmail.com'] }],
    ['+12025550114 202-555-0114 e.test e.test', { phones: ['+12025550114'], urls: ['e.test'], domains: ['e.test'] }],
    [
      'z.test +12025550115 a@y.test +12025550114',
      {
        phones: ['+12025550115', '+12025550114'],
        urls: ['z.test'],
        domains: ['z.test', 'y.test'],
        emails: ['a@y.test'],
      },
    ],
  ])('of %j', async (text, expected) => {
    expect((await check(text)).result.entities).toEqual({ ...none, ...expected });
  });

  test('are the first twenty of each kind', async () => {
    const numbers = Array.from({ length: 23 }, (_, index) => index + 10);
    const { result } = await check(numbers.map((n) => `http://h${n}.test/ +12025550${n}0 m${n}@gmail.com`).join(' '));
    const first = numbers.slice(0, 20);
    expect(result.entities).toEqual({
      phones: first.map((n) => `+12025550${n}0`),
      urls: first.map((n) => `http://h${n}.test/`),
      domains: first.map((n) => `h${n}.test`),
      emails: first.map((n) => `m${n}@gmail.com`),
    });
  });
});

describe.concurrent('the score', () => {
  const wording = (...weights: number[]) => weights.map((weight) => ['reasoning', weight]);
  const domain = (...weights: number[]) => weights.map((weight) => ['domain_reputation', weight]);
  const phone = (...weights: number[]) => weights.map((weight) => ['phone_validator', weight]);
  const known = (count: number) => Array.from({ length: count }, () => ['scam_database', 50]);
  const found = (count: number) => Array.from({ length: count }, () => ['exa_search', 10]);
  test.each([
    ['nothing at all', [], 0, 'none', 0.5],
    // Reports
    ['+1 888 555 0173', known(1), 50, 'medium', 0.58],
    ['+1 888 555 0173 or +1 800 555 0196', known(2), 70, 'high', 0.66],
    ['see hits-1.test', found(1), 10, 'none', 0.58],
    ['see hits-3.test', found(3), 20, 'low', 0.74],
    // Domains
    ['https://192.168.10.20/', domain(25), 25, 'low', 0.58],
    ['xn--bcher-kva.test', domain(20), 20, 'low', 0.58],
    ...['xyz', 'top', 'click', 'icu', 'tk', 'ml', 'gq', 'cf', 'ga', 'buzz', 'rest', 'zip'].map(
      (tld) => [`see shop.${tld}`, domain(15), 15, 'low', 0.58] as const,
    ),
    ['paypal-login.test', domain(30), 30, 'low', 0.58],
    ['secure.paypa1.test', domain(30), 30, 'low', 0.58],
    ['micr0soft.test', domain(30), 30, 'low', 0.58],
    ['https://www.paypal.com/', [], 0, 'none', 0.5],
    ['a-b-c-d.test', domain(10), 10, 'none', 0.58],
    ['a-b-c.test', [], 0, 'none', 0.5],
    ['a.b.c.d.test', domain(10), 10, 'none', 0.58],
    ['bit.ly/x', domain(10), 10, 'none', 0.58],
    ['http://plain.test/', domain(5), 5, 'none', 0.58],
    ['http://amazon-a-b-c.xyz/', domain(15, 30, 10, 5), 50, 'medium', 0.82],
    // Numbers
    ['5550114', phone(15), 15, 'low', 0.58],
    ...['+1 900 555 0147', '+1 976 555 0123', '+44 9001234567', '+61 190 123456'].map(
      (number) => [number, phone(20), 20, 'low', 0.58] as const,
    ),
    ['+1 900 555 0147 or +1 976 555 0123', phone(20, 20), 35, 'low', 0.66],
    // Wording
    ...['URGENT', 'immediately', 'within 24 hours', 'Act Now', 'final notice', 'suspended'].map(
      (phrase) => [phrase, wording(5), 5, 'none', 0.58] as const,
    ),
    ['urgent, urgent: act now, final notice, suspended', wording(5, 5, 5, 5), 15, 'low', 0.82],
    ...['gift card', 'wire transfer', 'Bitcoin', 'crypto', 'western union', 'processing fee', 'zelle'].map(
      (phrase) => [phrase, wording(15), 15, 'low', 0.58] as const,
    ),
    ['gift card, zelle, crypto', wording(15, 15, 15), 30, 'low', 0.74],
    ...['verify your account', 'password', 'social security', 'SSN', 'one-time code', 'otp', 'pin code'].map(
      (phrase) => [phrase, wording(10), 10, 'none', 0.58] as const,
    ),
    ['password, ssn, otp', wording(10, 10, 10), 20, 'low', 0.74],
    ...['you have won', 'lottery', 'prize', 'inheritance', 'refund', 'IRS', 'tax debt'].map(
      (phrase) => [phrase, wording(10), 10, 'none', 0.58] as const,
    ),
    ['lottery, prize, refund', wording(10, 10, 10), 20, 'low', 0.74],
    ['first, urgently, passwords, prizes, cryptography', [], 0, 'none', 0.5],
    // Levels and sums
    ['gift card, lottery, prize', wording(15, 10, 10), 35, 'low', 0.74],
    ['gift card, zelle, lottery', wording(15, 15, 10), 40, 'medium', 0.74],
    ['urgent, gift card, zelle, password, ssn, lottery', wording(5, 15, 15, 10, 10, 10), 65, 'medium', 0.98],
    ['gift card, zelle, password, ssn, lottery, prize', wording(15, 15, 10, 10, 10, 10), 70, 'high', 0.98],
    [
      '+1 888 555 0173, +1 800 555 0196, gift card, zelle, password',
      [...known(2), ...wording(15, 15, 10)],
      100,
      'high',
      0.9,
    ],
    [
      'urgent, suspended, gift card, zelle, password, ssn, lottery',
      wording(5, 5, 15, 15, 10, 10, 10),
      70,
      'high',
      0.99,
    ],
  ] as const)('of %j', async (text, evidence, score, risk, confidence) => {
    const { frames, result } = await check(text);
    expect(result.evidence.map(({ tool, weight }) => [tool, weight])).toEqual(evidence);
    expect(result).toMatchObject({ score, risk_level: risk, confidence });
    expect(result.recommendation).not.toBe('');
    expect(frames.at(-1)?.['message']).toBe(`Check finished: ${risk === 'none' ? 'no' : risk} risk`);
  });
});

test.each([
  ['phone', '(202) 555-0188', '+12025550188', 'call 202-555-0188'],
  ['domain', 'Https://Fake-Shop.Test/pay', 'fake-shop.test', 'see https://www.fake-shop.test/'],
  ['email', 'Bad@Mailer.Test', 'bad@mailer.test', 'write to bad@mailer.test'],
])('a report of a %s is 201, and a hit from then on (2)', async (kind, entity, name, text) => {
  expect((await check(text)).result.evidence).toEqual([]);
  expect(await rig.api.post('/api/scam/reports', { entity, kind, note: 'fake' })).toMatchObject({
    status: 201,
    body: { entity: name, kind, note: 'fake', count: 1 },
  });
  const { evidence, score, risk_level: risk } = (await check(text)).result;
  expect(evidence).toMatchObject([{ tool: 'scam_database', finding: 'reported as a scam: fake', weight: 50 }]);
  expect([score, risk]).toEqual([50, 'medium']);
});

test.each([
  [{}],
  [{ entity: 'x.test' }],
  [{ entity: 'x.test', kind: 'url' }],
  [{ entity: 'not a number', kind: 'phone' }],
  [{ entity: 'x', kind: 'domain' }],
  [{ entity: 'x.test', kind: 'email' }],
  [{ entity: 'x.test', kind: 'domain', note: 5 }],
])('a report is refused with 422: %j', async (body) => {
  expect(await rig.api.post('/api/scam/reports', body)).toMatchObject({
    status: 422,
    body: { error: { code: 'invalid_request' } },
  });
});
