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
  expect(reader.find('phone', ['+12025550114'])).toBeNull();
  writer.report({ kind: 'phone', entity: '+12025550114', note: 'a call', by: 'ann', at });
  writer.report({ kind: 'phone', entity: '+12025550114', by: 'bob', at });
  const expected = { kind: 'phone', entity: '+12025550114', note: 'a call', count: 2 };
  expect(reader.find('phone', ['+1', '+12025550114'])).toEqual(expected);
  expect(reader.find('email', ['+12025550114'])).toBeNull();
  writer.close();
  reader.close();
  const later = openEntityReports(folder);
  expect(later.find('phone', ['+12025550114'])).toEqual(expected);
  later.close();
});

test('every shipped report is found, and stands under the name that a check looks up', () => {
  const store = openEntityReports(folder);
  expect(shippedReports.length).toBeGreaterThan(5);
  for (const { kind, entity, note } of shippedReports) {
    expect(entityName(kind, entity)).toBe(entity);
    expect(store.find(kind, [entity])).toEqual({ kind, entity, note, count: 0 });
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
