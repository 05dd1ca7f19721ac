import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../runtime/config.ts';
import { settingsTable } from './repository/settings-table.ts';

test('docs/operations.md lists every setting as the configuration has it', () => {
  const table = settingsTable();
  expect(Object.keys(settings).length).toBeGreaterThan(10);
  for (const name of Object.keys(settings)) expect(table).toContain(`| \`${name}\` |`);
  expect(readFileSync(join(import.meta.dirname, '..', 'docs', 'operations.md'), 'utf8')).toContain(table);
});
