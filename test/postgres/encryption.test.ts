/** Encryption at rest where PostgreSQL keeps the runs: its files compress what is long, so what it holds is read from it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Api, startTestGateway } from '../harness/gateway.ts';
import type { Postgres } from '../harness/postgres.ts';
import { startTemporalServices, type TemporalServices } from '../harness/temporal-services.ts';
import { inFolders, plant, plugins, wordsOf } from '../ops/planted/planted-runs.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let server: TemporalServices;
let postgres: Postgres;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-encrypted-'));
  server = await startTemporalServices({
    prepare: async (started) => {
      postgres = started;
    },
  });
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function inDatabases(words: readonly string[]): Promise<string[]> {
  const dumps = await Promise.all(['temporal', 'temporal_visibility'].map((database) => postgres.dump(database)));
  const holds = (word: string) => {
    const bytes = Buffer.from(word).toString('hex');
    return dumps.some((dump) => dump.includes(word) || dump.includes(bytes));
  };
  return words.filter(holds);
}

/** In the clear, in the databases or in the data folder. */
async function plantWith(keys: string, mark: string): Promise<string[]> {
  const gateway = await startTestGateway({
    plugins,
    settings: {
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: server.namespace,
      BATON_DATA_DIR: dataDir,
      BATON_TASK_QUEUE: 'encrypted',
      BATON_ENCRYPTION_KEYS: keys,
    },
  });
  const look = async (words: readonly string[]) => [
    ...(await inDatabases(words)),
    ...(await inFolders([dataDir])(words)),
  ];
  try {
    return (await plant(new Api(gateway.url), gateway.baton, mark, look)).onDisk;
  } finally {
    await gateway.stop();
  }
}

test('without a key every planted word is found: the search can fail', async () => {
  expect(await plantWith('', 'plain')).toEqual(wordsOf('plain'));
});

test('with one, none is', async () => {
  expect(await plantWith(`first:${randomBytes(32).toString('base64')}`, 'first')).toEqual([]);
});
