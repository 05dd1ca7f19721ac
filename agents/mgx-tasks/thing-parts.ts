import { capitalized, type Thing } from './wish.ts';

export function moduleSource({ name, plural, code, fields }: Thing): string {
  const type = capitalized(code);
  return `import { load, save } from './store.js';

const key = ${JSON.stringify(plural)};

export const fields = ${JSON.stringify(fields)};

export function list${type}s() {
  return load(key);
}

export function add${type}(values) {
  const record = Object.fromEntries(fields.map((field) => [field, String(values[field] ?? '').trim()]));
  if (record[fields[0]] === '') throw new Error(${JSON.stringify(`A ${name} needs its ${fields[0]}.`)});
  const records = list${type}s();
  const added = { id: Math.max(0, ...records.map(({ id }) => id)) + 1, ...record };
  save(key, [...records, added]);
  return added;
}

export function remove${type}(id) {
  const records = list${type}s();
  const kept = records.filter((record) => record.id !== id);
  save(key, kept);
  return kept.length < records.length;
}
`;
}

export function testSource({ plural, name, code, fields }: Thing): string {
  const type = capitalized(code);
  const first = JSON.stringify(fields[0]);
  const path = JSON.stringify(`../src/${code}.js`);
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add${type}, list${type}s, remove${type} } from ${path};

test(${JSON.stringify(`${plural} are added, listed and removed`)}, () => {
  const added = add${type}({ ${first}: ' first ' });
  assert.equal(added[${first}], 'first');
  assert.deepEqual(list${type}s(), [added]);
  assert.equal(remove${type}(added.id), true);
  assert.equal(remove${type}(added.id), false);
  assert.deepEqual(list${type}s(), []);
});

test(${JSON.stringify(`a ${name} without its ${fields[0]} is refused`)}, () => {
  assert.throws(() => add${type}({}));
  assert.deepEqual(list${type}s(), []);
});
`;
}
