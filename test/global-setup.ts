/** One tuned Temporal server for all test files of a run; TEMPORAL_ADDRESS puts another in its place. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { TestProject } from 'vitest/node';
import { readConfig, type Config } from '../runtime/config.ts';
import { temporalTarget } from '../runtime/temporal-connection.ts';
import { findPostgres } from '../server/install-postgres.mjs';
import { obtainServer } from '../server/temporal/obtain-server.ts';
import { setUpNamespace } from '../server/temporal/set-up-namespace.ts';
import { startTemporal } from '../server/temporal/start-temporal.ts';
import { schemaTool } from '../server/temporal/version.ts';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    temporalNamespace: string;
    /** What a server of a test's own is. */
    temporalKind: 'embedded' | 'services';
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const config = readConfig(process.env);
  project.provide('temporalKind', 'embedded');
  // Tests of the services need it, and none of them has the minutes that building it may take.
  if (findPostgres() !== null) await obtainServer({ ...config, program: schemaTool });
  if (config.TEMPORAL_ADDRESS !== undefined) {
    await setUp(config);
    project.provide('temporalAddress', config.TEMPORAL_ADDRESS);
    project.provide('temporalNamespace', config.TEMPORAL_NAMESPACE);
    return async () => undefined;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-test-'));
  const temporal = await startTemporal({ dataDir, port: 0, binary: await obtainServer(config) });
  project.provide('temporalAddress', temporal.address);
  project.provide('temporalNamespace', temporal.namespace);
  return async () => {
    await temporal.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** As a start of Baton does it on somebody's server. */
async function setUp(config: Config): Promise<void> {
  const { connection: options, namespace } = temporalTarget(config);
  const connection = await Connection.connect(options);
  try {
    await setUpNamespace(connection, { namespace, owned: false, retentionDays: config.BATON_RETENTION_DAYS });
  } finally {
    await connection.close();
  }
}
