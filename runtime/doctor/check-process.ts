/** This process and what is below it: versions, the data folder with its disk, open files. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { doctorDiskFaultBytes, doctorDiskWarningBytes } from '../../protocol/limits.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { Config } from '../config.ts';
import { openFilesLimit, openFilesWarning } from '../open-files.ts';
import { version } from '../version.ts';
import { checked, fault, ok, said, warning } from './check.ts';

const nodeMajor = 22;
const require = createRequire(import.meta.url);

export const folderRemedy = 'see that the data folder (BATON_DATA_DIR) lies on a local disk and is yours';

export async function checkProcess(config: Config): Promise<Finding[]> {
  const parts = await Promise.all([
    checked('versions', 'install the packages again: npm ci', versions),
    checked('data-folder', folderRemedy, () => dataFolder(config.dataDir)),
    checked('disk', folderRemedy, () => disk(config.dataDir)),
    checked('open-files', 'see ulimit -n', () => openFiles(config)),
  ]);
  return parts.flat();
}

function versions(): Finding {
  const sdk = require('@temporalio/client/package.json') as { version: string };
  const node = process.versions.node;
  const found = `Baton ${version}, Node ${node}, Temporal SDK ${sdk.version}`;
  if (Number(node.split('.')[0]) === nodeMajor) return ok('versions', found);
  return fault('versions', found, `run Baton with Node ${nodeMajor}: ./baton and npm start bring it`);
}

function dataFolder(dataDir: string): Finding {
  const isThere = existsSync(dataDir);
  try {
    accessSync(nearestFolder(dataDir), constants.R_OK | constants.W_OK | constants.X_OK);
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

function disk(dataDir: string): Finding {
  const { bavail, bsize } = statfsSync(nearestFolder(dataDir));
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB are free for ${dataDir}`;
  const remedy = 'make room, move the folder, shorten BATON_RETENTION_DAYS, or archive';
  if (free < doctorDiskFaultBytes) return fault('disk', found, remedy);
  return free < doctorDiskWarningBytes ? warning('disk', found, remedy) : ok('disk', found);
}

/** The folder itself, or the one that it will be made in. */
function nearestFolder(wanted: string): string {
  let folder = wanted;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function openFiles(config: Config): Finding {
  const limit = openFilesLimit();
  const told = openFilesWarning(limit, config.BATON_MAX_CONNECTIONS);
  if (told === null) return ok('open-files', limit === null ? 'no limit is known' : `the limit is ${limit}`);
  return warning('open-files', told, `raise it before many clients come: ulimit -n, LimitNOFILE in a systemd unit`);
}
