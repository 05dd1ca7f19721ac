/** The step of docs/ops.md from one version of the server to the next, on PostgreSQL. */
import { spawn } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { readConfig } from '../../runtime/config.ts';
import { exitOf } from '../../server/temporal/exit-of.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { freePorts } from '../../server/temporal/ports.ts';
import { anonymous, readToEnd, startBaton } from '../harness/baton.ts';
import type { Postgres } from '../harness/postgres.ts';
import { setUpDatabase, sqlTool } from '../harness/temporal-database.ts';
import { serviceEnvironment, startTemporalServices } from '../harness/temporal-services.ts';
import { unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';

vi.setConfig({ testTimeout: 180_000 });

/** Of server 1.30. */
const olderVersions = { temporal: '1.18', visibility: '1.13' };

async function makeOlder(postgres: Postgres): Promise<void> {
  for (const [schema, version] of Object.entries(olderVersions)) {
    const tool = (...args: string[]) =>
      sqlTool(postgres, ['--database', schema === 'temporal' ? schema : `temporal_${schema}`, ...args]);
    await tool('create-database');
    await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`, '-v', version);
  }
}

/** What a service says when it ends by itself. */
async function saidAtStart(postgres: Postgres): Promise<string> {
  const env = { ...serviceEnvironment('history', await freePorts(), postgres) };
  const child = spawn(await obtainServer(readConfig(process.env)), ['start'], { env, stdio: ['ignore', 2, 'pipe'] });
  return (await exitOf(child)).output;
}

test('a database of an older server is refused, brought up to date by the script of deploy/, and then served', async () => {
  let refusal = '';
  let database: Postgres | undefined;
  const server = await startTemporalServices({
    prepare: async (postgres) => {
      database = postgres;
      await makeOlder(postgres);
      refusal = await saidAtStart(postgres);
    },
  });
  const baton = await startBaton({
    settings: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
  });
  try {
    expect(refusal).toMatch(/version mismatch.*1\.19.*1\.18/i);
    const id = unique('upgraded');
    await baton.engine.runs.start(
      { blueprint: 'script', input: { steps: [{ script: [{ do: 'emit', count: 3 }] }] }, id },
      anonymous,
    );
    expect((await readToEnd(baton.engine, id)).at(-1)?.type).toBe('run.completed');
    // Once more, beside the services: nothing is left to do.
    await setUpDatabase(database as Postgres);
    const found = () => baton.engine.runs.count({ ids: [id], blueprint: 'script' });
    await until('the run in visibility', async () => (await found()).total === 1);
  } finally {
    await baton.stop();
    await server.stop();
  }
});
