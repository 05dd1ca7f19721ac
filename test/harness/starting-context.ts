/** What `startRun` needs of a gateway, for runs that are started by the thousand: without the look at each that a gateway answers with. */
import { createMetrics } from '../../gateway/metrics/metrics.ts';
import { loadContracts } from '../../gateway/runs/load-contracts.ts';
import type { RunContext } from '../../gateway/runs/run-context.ts';
import { readConfig } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { testBlueprints } from './test-blueprints.ts';

/** Whoever asks for it closes its `client.connection`. */
export async function startingContext(environment: Readonly<Record<string, string>>): Promise<RunContext> {
  const config = readConfig(environment);
  const contracts = await loadContracts(testBlueprints);
  const client = connectTemporal(config, createDataConverter(config));
  const starting: Pick<RunContext, 'config' | 'client' | 'contracts' | 'bus' | 'log' | 'metrics' | 'ledger'> = {
    config,
    client,
    contracts,
    bus: inProcessBus(),
    log: createLog('test', 'silent'),
    metrics: createMetrics(),
    ledger: { note: () => undefined, forget: () => undefined, close: () => undefined },
  };
  return starting as RunContext;
}
