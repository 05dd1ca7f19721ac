/** What the launcher of this data folder has: the server's program, the lock, the ports. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { Config } from '../../runtime/config.ts';
import { folderRemedy } from '../../runtime/doctor/check-process.ts';
import { checked, fault, ok, warning } from '../../runtime/doctor/check.ts';
import { readProcesses, type ProcessEntry } from '../launcher/processes-file.ts';
import { describeHolder, holderOf } from '../lock/exclusive-lock.ts';
import { isFree, temporalPortCount } from '../temporal/ports.ts';
import { serverVersion, temporalServer } from '../temporal/version.ts';

export async function checkMachine(config: Config): Promise<Finding[]> {
  const processes = readProcesses(config.dataDir);
  const isEmbedded = config.TEMPORAL_ADDRESS === undefined;
  const parts = await Promise.all([
    isEmbedded ? checked('temporal-binary', 'see BATON_CACHE_DIR', () => serverBinary(config.cacheDir)) : [],
    checked('lock', folderRemedy, () => lock(config.dataDir)),
    checked('ports', 'see which ports this account may use', () => ports(config, processes)),
  ]);
  return parts.flat();
}

function serverBinary(cacheDir: string): Finding {
  const program = join(cacheDir, `temporal-server-${serverVersion}`, temporalServer.file);
  if (existsSync(program)) return ok('temporal-binary', `Temporal server ${serverVersion} is at ${program}`);
  const remedy = 'the next start gets it (download, or Go); without network put the program there';
  return warning('temporal-binary', `${program} is not there`, remedy);
}

function lock(dataDir: string): Finding {
  const held = holderOf(join(dataDir, 'lock'));
  return ok(
    'lock',
    held === null
      ? 'no Baton of this machine has the data folder'
      : `the data folder is in use by ${describeHolder(held.heldBy)}`,
  );
}

async function ports(config: Config, processes: readonly ProcessEntry[]): Promise<Finding[]> {
  const ours = (role: ProcessEntry['role']) => processes.find((entry) => entry.role === role && entry.port !== null);
  const gateway = ours('gateway');
  const findings = [
    gateway
      ? ok('port-gateway', `${gateway.port} is this Baton's gateway's, process ${gateway.pid}`)
      : await portFinding('port-gateway', [config.BATON_PORT], { host: config.BATON_HOST, setting: 'BATON_PORT' }),
  ];
  if (config.TEMPORAL_ADDRESS !== undefined) return findings;
  const temporal = ours('temporal');
  const first = config.BATON_TEMPORAL_PORT;
  const wanted = Array.from({ length: temporalPortCount }, (_, offset) => first + offset);
  findings.push(
    temporal
      ? ok('port-temporal', `${temporal.port} is this Baton's Temporal server's, process ${temporal.pid}`)
      : await portFinding('port-temporal', wanted, { host: '127.0.0.1', setting: 'BATON_TEMPORAL_PORT' }),
  );
  return findings;
}

async function portFinding(
  check: string,
  wanted: readonly number[],
  { host, setting }: { host: string; setting: string },
): Promise<Finding> {
  if (wanted[0] === 0) return ok(check, 'a free one is taken');
  const free = await Promise.all(wanted.map((port) => isFree(port, host)));
  const busy = wanted.find((_, index) => free[index] === false);
  if (busy === undefined) return ok(check, `${wanted.length === 1 ? '' : 'from '}${wanted[0]} is free`);
  return fault(
    check,
    `port ${busy} of ${host} is another program's`,
    `stop that one (ss -ltnp shows it), or set ${setting}`,
  );
}
