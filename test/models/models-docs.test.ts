import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorTable } from '../../protocol/errors.ts';
import { settings } from '../../runtime/config.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'models.md'), 'utf8');

test('docs/models.md shows code that the tests run, as it is', () => {
  const shown = [...page.matchAll(/^`(\S+\.ts)`:\n\n```ts\n([\s\S]*?)```$/gm)];
  expect(shown.map(([, path]) => path)).toHaveLength(2);
  for (const [, path = '', code] of shown) expect(code).toBe(readFileSync(join(root, path), 'utf8'));
});

test('docs/models.md names every setting and every error of models', () => {
  const names = [...Object.keys(settings), ...Object.keys(errorTable)].filter((name) => /^model_/i.test(name));
  expect(names).toHaveLength(9);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
