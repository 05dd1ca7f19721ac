import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entityName } from './entity-name.ts';
import { openEntityReports } from './entity-reports.ts';
import { shippedReports } from './shipped-reports.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-entities-'));
});
afterAll(() => rm(folder, { recursive: true }));

const at = '2026-01-05T10:00:00.000Z';

test('what one process reports another finds, and it outlives both', () => {
  const writer = openEntityReports(folder);
  const reader = openEntityReports(folder);
  expect(reader.find('phone', ['+12025550114'], 'ann')).toBeNull();
  writer.report({ kind: 'phone', entity: '+12025550114', note: 'a call', by: 'ann', at });
  writer.report({ kind: 'phone', entity: '+12025550114', by: 'bob', at });
  const expected = { kind: 'phone', entity: '+12025550114', note: 'a call', count: 2 };
  expect(reader.find('phone', ['+1', '+12025550114'], 'ann')).toEqual(expected);
  expect(reader.find('email', ['+12025550114'], 'ann')).toBeNull();
  writer.close();
  reader.close();
  const later = openEntityReports(folder);
  expect(later.find('phone', ['+12025550114'], 'ann')).toEqual(expected);
  later.close();
});

test('a note is its writer’s: others find that the entity was reported, and what was shipped', async () => {
  const store = openEntityReports(await mkdtemp(join(folder, 'notes-')));
  const domain = 'whose-note.test';
  const told = (report: { by: string; note?: string; entity?: string }) =>
    store.report({ kind: 'domain', entity: domain, at, ...report });
  expect(told({ by: 'ann', note: 'my neighbour fell for it' })).toMatchObject({ note: 'my neighbour fell for it' });
  expect(told({ by: 'bob' })).toMatchObject({ note: null, count: 2 });
  expect(told({ by: 'bob', note: 'fake shop' })).toMatchObject({ note: 'fake shop', count: 3 });
  expect(told({ by: 'ann' })).toMatchObject({ note: 'my neighbour fell for it', count: 4 });
  expect(store.find('domain', [domain], 'carol')).toMatchObject({ note: null, count: 4 });
  const [known] = shippedReports.filter(({ kind }) => kind === 'domain');
  if (!known) throw new Error('no domain is shipped');
  expect(told({ by: 'ann', note: 'mine', entity: known.entity })).toMatchObject({ note: 'mine' });
  expect(store.find('domain', [known.entity], 'bob')).toMatchObject({ note: known.note, count: 1 });
  store.close();
});

test('a file of the version before is taken over, with the notes whose writer it knows', async () => {
  const old = await mkdtemp(join(folder, 'old-'));
  const file = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(join(old, 'entities.sqlite'));
  file.exec(`
    CREATE TABLE report (kind TEXT NOT NULL, entity TEXT NOT NULL, note TEXT, count INTEGER NOT NULL,
      reported_by TEXT NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL, PRIMARY KEY (kind, entity)) WITHOUT ROWID;
    INSERT INTO report VALUES ('domain', 'one.test', 'by ann', 1, 'ann', '${at}', '${at}'),
      ('domain', 'two.test', 'by whom', 2, 'ann', '${at}', '${at}'),
      ('domain', 'three.test', 'by anybody', 1, 'anonymous', '${at}', '${at}');
    PRAGMA user_version = 1;
  `);
  file.close();
  const store = openEntityReports(old);
  expect(store.find('domain', ['one.test'], 'ann')).toMatchObject({ note: 'by ann', count: 1 });
  expect(store.find('domain', ['one.test'], 'bob')).toMatchObject({ note: null, count: 1 });
  expect(store.find('domain', ['two.test'], 'ann')).toMatchObject({ note: null, count: 2 });
  expect(store.find('domain', ['three.test'], null)).toMatchObject({ note: 'by anybody' });
  expect(store.find('domain', ['three.test'], 'anonymous')).toMatchObject({ note: null });
  store.close();
});

test('every shipped report is found, and stands under the name that a check looks up', () => {
  const store = openEntityReports(folder);
  expect(shippedReports.length).toBeGreaterThan(5);
  for (const { kind, entity, note } of shippedReports) {
    expect(entityName(kind, entity)).toBe(entity);
    expect(store.find(kind, [entity], 'ann')).toEqual({ kind, entity, note, count: 0 });
  }
  store.close();
});

describe('a name', () => {
  test.each([
    ['phone', '(202) 555-0114', '+12025550114'],
    ['phone', '+44 (0)20 7946 0958', '+442079460958'],
    ['phone', '5550114', '+5550114'],
    ['phone', 'call me', null],
    ['phone', '123', null],
    ['domain', 'Bad-Shop.Example', 'bad-shop.example'],
    ['domain', 'https://bad.test/path', 'bad.test'],
    ['domain', 'b\u00fccher.test', 'xn--bcher-kva.test'],
    ['domain', 'no domain', null],
    ['domain', 'localhost', null],
    ['email', 'Ann@Bad.TEST', 'ann@bad.test'],
    ['email', 'ann@', null],
    ['email', 'a b@c.test', null],
  ] as const)('of a %s: %s', (kind, written, name) => {
    expect(entityName(kind, written)).toBe(name);
  });
});
