/** All checks, in the order in which things build on each other. It changes nothing. */
import { worstVerdict, type Findings } from '../../protocol/schemas/findings.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { checkProcess } from '../../runtime/doctor/check-process.ts';
import { checkServices } from '../../runtime/doctor/check-services.ts';
import { checked } from '../../runtime/doctor/check.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { guestCommands, servedQueues } from '../../worker/served.ts';
import { readProcesses } from '../launcher/processes-file.ts';
import { checkGateway } from './check-gateway.ts';
import { checkGuests } from './check-guests.ts';
import { checkMachine } from './check-machine.ts';

/** `config` as `reachable` has it. `url`: of the gateway; default: where this data folder's, or the configured one, is. */
export async function examine(config: Config, { url = gatewayOf(config) }: { url?: string } = {}): Promise<Findings> {
  const dataConverter = createDataConverter(config);
  const client = connectTemporal(config, dataConverter);
  const decode = payloadDecoder(dataConverter);
  try {
    const machine = [...(await checkProcess(config)), ...(await checkMachine(config))];
    const services = await checkServices({ config, client, decode, queues: () => servedQueues(config) });
    const rest = await Promise.all([
      checked('gateway', 'see the log of the gateway', () => checkGateway(url)),
      checked('mcp-servers', 'see MCP_SERVERS and the folder agents/', () => checkGuests(guestCommands(config))),
    ]);
    const items = [...machine, ...services, ...rest.flat()];
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
