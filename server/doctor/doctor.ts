/** All checks, in the order in which things build on each other. It changes nothing. */
import { worstVerdict, type Findings } from '../../protocol/schemas/findings.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { checked } from '../../runtime/doctor/check.ts';
import { checkEncryption } from '../../runtime/doctor/check-encryption.ts';
import { checkModel } from '../../runtime/doctor/check-model.ts';
import { checkTemporal } from '../../runtime/doctor/check-temporal.ts';
import { connectTemporal, temporalTarget } from '../../runtime/temporal-connection.ts';
import { guestCommands, servedQueues } from '../../worker/served.ts';
import { readProcesses } from '../launcher/processes-file.ts';
import { serverVersion } from '../temporal/version.ts';
import { checkGateway } from './check-gateway.ts';
import { checkGuests } from './check-guests.ts';
import { checkMachine } from './check-machine.ts';
import { checkOutlets } from './check-outlets.ts';

/** `config` as `reachable` has it. `url`: of the gateway; default: where this data folder's, or the configured one, is. */
export async function examine(config: Config, { url = gatewayOf(config) }: { url?: string } = {}): Promise<Findings> {
  const dataConverter = createDataConverter(config);
  const client = connectTemporal(config, dataConverter);
  const subject = {
    client,
    address: temporalTarget(config).connection.address ?? '',
    isEmbedded: config.TEMPORAL_ADDRESS === undefined,
    serverVersion,
    retentionDays: config.BATON_RETENTION_DAYS,
    now: Date.now,
  };
  const settings = 'see MCP_SERVERS and the folder agents/';
  try {
    const machine = await checkMachine(config);
    const temporal = await checked('temporal', settings, async () =>
      checkTemporal({ ...subject, queues: await servedQueues(config) }),
    );
    const isUp = temporal.some(({ check, verdict }) => check === 'temporal' && verdict === 'ok');
    const isOn = config.BATON_ENCRYPTION_KEYS !== undefined;
    const rest = await Promise.all([
      isUp
        ? checked('encryption', 'see whether Temporal answers lists', () =>
            checkEncryption(client, payloadDecoder(dataConverter), isOn),
          )
        : [],
      checked('gateway', 'see the log of the gateway', () => checkGateway(url)),
      checked('model', 'see the settings MODEL_…', () => checkModel(config)),
      checked('outlets', 'see the settings BATON_ARCHIVE_… and BATON_WEBHOOK_…', () => checkOutlets(config)),
      checked('mcp-servers', settings, () => checkGuests(guestCommands(config))),
    ]);
    const items = [...machine, ...temporal, ...rest.flat()];
    return { verdict: worstVerdict(items), at: new Date().toISOString(), items };
  } finally {
    await client.connection.close();
  }
}

function gatewayOf(config: Config): string {
  const running = readProcesses(config.dataDir).find(({ role }) => role === 'gateway');
  const host = config.BATON_HOST === '0.0.0.0' || config.BATON_HOST === '::' ? '127.0.0.1' : config.BATON_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${running?.port ?? config.BATON_PORT}`;
}
