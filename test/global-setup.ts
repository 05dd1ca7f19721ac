/** One tuned Temporal server for all test files of a run; TEMPORAL_ADDRESS puts another in its place. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readConfig } from '../runtime/config.ts';
import { obtainServer } from '../server/temporal/obtain-server.ts';
import { startTemporal } from '../server/temporal/start-temporal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    temporalNamespace: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const config = readConfig(process.env);
  if (config.TEMPORAL_ADDRESS !== undefined) {
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
