import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Log } from '../../runtime/log.ts';
import { knowledgeSchema } from '../../stores/knowledge/schema.ts';
import { openDatabase } from '../../stores/sqlite/database.ts';
import { countChange } from '../../stores/knowledge/sources.ts';
import { knowledgePort } from './knowledge-port.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('one who fails at a change does not keep the others from hearing of it, now or later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-port-'));
  folders.push(folder);
  const error = vi.fn();
  const port = knowledgePort(folder, { error, warn: vi.fn() } as unknown as Log);
  const elsewhere = openDatabase(join(folder, 'knowledge.sqlite'), knowledgeSchema);
  const fault = new Error('cannot be told');
  const heard: string[] = [];
  const watching = [
    port.watch(() => heard.push('first')),
    port.watch(() => {
      throw fault;
    }),
    port.watch(() => heard.push('last')),
  ];
  for (const changes of [1, 2]) {
    countChange(elsewhere);
    const expected = Array.from({ length: changes }, () => ['first', 'last']).flat();
    await vi.waitFor(() => expect(heard).toEqual(expected), { timeout: 30_000, interval: 10 });
  }
  expect(error.mock.calls.map(([fields]) => (fields as { err: unknown }).err)).toEqual([fault, fault]);
  for (const each of watching) each[Symbol.dispose]();
  elsewhere.close();
  port.close();
});
