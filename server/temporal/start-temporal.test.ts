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
import { until } from '../../test/harness/until.ts';
import { databaseFiles, type DatabaseFiles } from './database-files.ts';
import {
  databaseSchema,
  historySchema,
  schemaOf,
  storedColumns,
  visibilitySchema,
  visibilityTable,
} from './migrate-database.ts';
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

/** Of a file of the server, while it is stopped; made older before, where that is given. */
function schemaNow(file: string, older = ''): unknown[] {
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true });
  try {
    database.exec(older);
    return schemaOf(database);
  } finally {
    database.close();
  }
}

/** As it was before visibility had a file of its own; what is listed then is what was moved, not what the server wrote again. */
function putBack({ history, visibility }: DatabaseFiles): void {
  const database = new DatabaseSync(history, { enableDoubleQuotedStringLiterals: true });
  try {
    const columns = storedColumns(database, visibilityTable).join(', ');
    database.prepare('ATTACH ? AS visibility').run(visibility);
    database.exec(
      `INSERT INTO main.${visibilityTable} (${columns}) SELECT ${columns} FROM visibility.${visibilityTable};
      DELETE FROM visibility_tasks`,
    );
  } finally {
    database.close();
  }
  for (const end of ['', '-wal', '-shm']) rmSync(`${visibility}${end}`, { force: true });
}

test('an open run survives kill -9 of the server, a change of retention and a migration of its files, on the same ports', async () => {
  const workflowId = unique('kept');
  const files = databaseFiles(join(folder, 'temporal'));
  const listed = (client: Client) => client.workflow.count(`WorkflowId = '${workflowId}'`).then(({ count }) => count);
  const first = await start(0, 3);
  await withClient(first.address, async (client) => {
    expect(await retentionDays(client)).toBe(3);
    await client.workflow.start('nobody', { workflowId, taskQueue: 'nobody', args: [] });
    await until('the run in lists', async () => (await listed(client)) === 1);
  });
  killNow(first.pid);
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

  expect(schemaNow(files.history), 'database-schema.json is what this server makes').toEqual(databaseSchema());
  expect(schemaNow(files.visibility)).toEqual(visibilitySchema());
  putBack(files);
  // As 1.30 had it.
  expect(schemaNow(files.history, 'DROP TABLE current_chasm_executions')).toHaveLength(databaseSchema().length - 1);
  const second = await start(first.port, 7);
  expect(second.address).toBe(first.address);
  await withClient(second.address, async (client) => {
    expect((await client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
    expect(await listed(client)).toBe(1);
    expect(await retentionDays(client)).toBe(7);
  });
  await expect(start()).rejects.toThrow(/history\.sqlite is open in another process/);
  await second.stop();
  await first.stop();
  expect(schemaNow(files.history)).toHaveLength(historySchema().length);
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
