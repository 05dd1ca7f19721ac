import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchAttributes } from '../../protocol/execution.ts';
import { readConfig } from '../../runtime/config.ts';
import { killNow } from '../guard/guard.ts';
import { temporalAddress, temporalNamespace, unique } from '../../test/harness/temporal-server.ts';
import { historySchema, schemaOf } from './migrate-history.ts';
import { obtainServer } from './obtain-server.ts';
import { setUpNamespace } from './set-up-namespace.ts';
import { startTemporal, type Temporal } from './start-temporal.ts';

let folder: string;
let binary: string;
beforeAll(async () => {
  // Characters that a URI, a shell or a YAML file could take for something else.
  folder = mkdtempSync(join(tmpdir(), 'baton %41 #?: '));
  binary = await obtainServer(readConfig(process.env));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(port = 0, days = 30): Promise<Temporal> {
  return startTemporal({ dataDir: folder, port, binary, retentionDays: days });
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function retentionDays(client: Client): Promise<number> {
  const { config } = await client.workflowService.describeNamespace({ namespace: 'default' });
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
}

test('the server is healthy and knows the search attributes', async () => {
  const namespace = temporalNamespace();
  await withClient(temporalAddress(), async (client) => {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
    expect((await client.workflow.count("BatonStatus = 'nothing has this'")).count).toBe(0);
  });
});

/** Of the server's file, while it is stopped; made older before, where that is given. */
function schemaNow(older = ''): unknown[] {
  const file = join(folder, 'temporal', 'history.sqlite');
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true });
  try {
    database.exec(older);
    return schemaOf(database);
  } finally {
    database.close();
  }
}

test('an open run survives kill -9 of the server, a change of retention and a migration of its file, on the same ports', async () => {
  const workflowId = unique('kept');
  const first = await start(0, 3);
  await withClient(first.address, async (client) => {
    expect(await retentionDays(client)).toBe(3);
    await client.workflow.start('nobody', { workflowId, taskQueue: 'nobody', args: [] });
  });
  killNow(first.pid);
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

  expect(schemaNow(), 'history-schema.json is what this server makes').toEqual(historySchema());
  // As 1.30 had it.
  expect(schemaNow('DROP TABLE current_chasm_executions')).toHaveLength(historySchema().length - 1);
  const second = await start(first.port, 7);
  expect(second.address).toBe(first.address);
  await withClient(second.address, async (client) => {
    expect((await client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
    expect(await retentionDays(client)).toBe(7);
  });
  await expect(start()).rejects.toThrow(/history\.sqlite is open in another process/);
  await second.stop();
  await first.stop();
  expect(schemaNow()).toHaveLength(historySchema().length);
});

test('a program that ends at once is an error with the end of its log', async () => {
  await expect(startTemporal({ dataDir: folder, port: 0, binary: '/bin/false' })).rejects.toThrow(/stopped at once/);
});

test("somebody else's server without the namespace is an error that lists what is needed", async () => {
  const connection = await Connection.connect({ address: temporalAddress() });
  const options = { namespace: unique('missing'), owned: false, retentionDays: 1 };
  await expect(setUpNamespace(connection, options)).rejects.toThrow(
    /BatonBlueprint \(KEYWORD\).*BatonWaiting \(BOOL\)/,
  );
  await connection.close();
});
