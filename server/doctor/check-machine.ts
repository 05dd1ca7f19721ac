/** This machine: versions, the data folder with its lock and disk, open files, ports. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { doctorDiskFaultBytes, doctorDiskWarningBytes } from '../../protocol/limits.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { Config } from '../../runtime/config.ts';
import { checked, fault, ok, said, warning } from '../../runtime/doctor/check.ts';
import { openFilesLimit, openFilesWarning } from '../launcher/open-files.ts';
import { readProcesses, type ProcessEntry } from '../launcher/processes-file.ts';
import { describeHolder, holderOf } from '../lock/exclusive-lock.ts';
import { isFree, temporalPortCount } from '../temporal/ports.ts';
import { binaryName, serverVersion } from '../temporal/version.ts';

const nodeMajor = 22;
const require = createRequire(import.meta.url);

export async function checkMachine(config: Config): Promise<Finding[]> {
  const folderRemedy = 'see that the data folder (BATON_DATA_DIR) lies on a local disk and is yours';
  const processes = readProcesses(config.dataDir);
  const parts = await Promise.all([
    checked('versions', 'install the packages again: npm ci', () => versions(config)),
    checked('data-folder', folderRemedy, () => dataFolder(config.dataDir)),
    checked('lock', folderRemedy, () => lock(config.dataDir)),
    checked('disk', folderRemedy, () => disk(config.dataDir)),
    checked('open-files', 'see ulimit -n', () => openFiles(config)),
    checked('ports', 'see which ports this account may use', () => ports(config, processes)),
  ]);
  return parts.flat();
}

function versions(config: Config): Finding[] {
  const versionOf = (name: string) => (require(name) as { version: string }).version;
  const node = process.versions.node;
  const found = `Baton ${versionOf('../../package.json')}, Node ${node}, Temporal SDK ${versionOf('@temporalio/client/package.json')}`;
  const isPinned = Number(node.split('.')[0]) === nodeMajor;
  return [
    isPinned
      ? ok('versions', found)
      : fault('versions', found, `run Baton with Node ${nodeMajor}: ./baton and npm start bring it`),
    ...(config.TEMPORAL_ADDRESS === undefined ? [serverBinary(config.cacheDir)] : []),
  ];
}

function serverBinary(cacheDir: string): Finding {
  const program = join(cacheDir, `temporal-server-${serverVersion}`, binaryName);
  if (existsSync(program)) return ok('temporal-binary', `Temporal server ${serverVersion} is at ${program}`);
  const remedy = 'the next start gets it (download, or Go); without network put the program there';
  return warning('temporal-binary', `${program} is not there`, remedy);
}

function dataFolder(dataDir: string): Finding {
  const isThere = existsSync(dataDir);
  let folder = dataDir;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return fault(
      'data-folder',
      `${dataDir} is not writable: ${said(error)}`,
      'give this account the folder, or choose another with BATON_DATA_DIR',
    );
  }
  return ok(
    'data-folder',
    isThere ? `${dataDir} is writable` : `${dataDir} is not there yet; the first start makes it`,
  );
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

function disk(dataDir: string): Finding {
  let folder = dataDir;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB are free for ${dataDir}`;
  const remedy = 'make room, move the folder, shorten BATON_RETENTION_DAYS, or archive';
  if (free < doctorDiskFaultBytes) return fault('disk', found, remedy);
  return free < doctorDiskWarningBytes ? warning('disk', found, remedy) : ok('disk', found);
}

function openFiles(config: Config): Finding {
  const limit = openFilesLimit();
  const told = openFilesWarning(limit, config.BATON_MAX_CONNECTIONS);
  if (told === null) return ok('open-files', limit === null ? 'no limit is known' : `the limit is ${limit}`);
  return warning('open-files', told, `raise it before many clients come: ulimit -n, LimitNOFILE in a systemd unit`);
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
