/** The server as it is deployed, for all test files of a run. */
import type { TestProject } from 'vitest/node';
import { startTemporalServices } from '../harness/temporal-services.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTemporalServices();
  project.provide('temporalAddress', server.address);
  project.provide('temporalNamespace', server.namespace);
  project.provide('temporalKind', 'services');
  return () => server.stop();
}
