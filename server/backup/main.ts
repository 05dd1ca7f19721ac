/** `baton backup DIR` and `baton restore DIR`: they work on files of this machine, not through the gateway. */
import { ConfigError } from '../../runtime/config.ts';
import { configFor, parseOptions, runCommand, say } from '../command-line.ts';
import { BackupError } from './backup-error.ts';
import { backUp } from './back-up.ts';
import type { Manifest } from './manifest.ts';
import { restore, verifyBackup } from './restore.ts';

const usage = `baton backup DIR [--data-dir D]
  Copies the data folder, while Baton runs on it, into the folder DIR, which must be empty or new.
baton restore DIR [--data-dir D] [--verify]
  Makes the data folder, which must be empty or new, from the backup DIR. --verify only checks the backup.
The data folder is BATON_DATA_DIR (default .baton).`;

async function main([command = '', ...args]: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, options, usage);
  if (values.help === true) return say(usage);
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0 || (values.verify === true && command !== 'restore'))
    throw new ConfigError(`give one folder, of the backup\n\n${usage}`);
  const config = configFor(values['data-dir']);
  if (command === 'backup') {
    const manifest = await backUp(config.dataDir, folder);
    say(`Backed up ${config.dataDir} into ${folder}: ${sizeOf(manifest)}, as it was at ${manifest.begunAt} or later.`);
  } else if (values.verify === true) {
    const manifest = await verifyBackup(folder);
    say(`${folder} is whole: ${sizeOf(manifest)}, as of ${manifest.begunAt}.`);
  } else {
    const manifest = await restore(folder, config.dataDir);
    say(`Restored ${config.dataDir} from ${folder}: ${sizeOf(manifest)}, as of ${manifest.begunAt}.`);
  }
}

const options = {
  'data-dir': { type: 'string' },
  verify: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function sizeOf({ files }: Manifest): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${files.length} files, ${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

await runCommand(main, [BackupError]);
