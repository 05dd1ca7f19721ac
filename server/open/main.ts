/** `baton open FILE`: shows an exported run, without Temporal and without anything of the machine that it comes from. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleError } from '../../gateway/bundle/bundle-error.ts';
import { unpackBundle, type UnpackedBundle } from '../../gateway/bundle/unpack-bundle.ts';
import { ConfigError, readConfig } from '../../runtime/config.ts';
import { createLog } from '../../runtime/log.ts';
import { runCommand, say } from '../command-line.ts';
import { readArguments, usage, type OpenArguments } from './arguments.ts';

async function main(args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  if (wanted === null) return say(usage);
  const folder = await folderFor(wanted);
  try {
    const bundle = await unpackBundle(wanted.file, folder);
    tell(bundle, wanted);
    if (!wanted.checksOnly) await show(bundle, wanted);
  } finally {
    if (wanted.folder === null) await rm(folder, { recursive: true, force: true });
  }
}

async function folderFor({ folder }: OpenArguments): Promise<string> {
  if (folder === null) return await mkdtemp(join(tmpdir(), 'baton-bundle-'));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`${folder} must be new, and it can't be made: ${error.message}`, { cause: error });
  });
  return folder;
}

function tell(
  { header, digest, executions, blobs, folder }: UnpackedBundle,
  { file, checksOnly, folder: kept }: OpenArguments,
) {
  const secrets = header.redacted ? 'without its secrets' : 'with its secrets';
  say(`${file} is whole: run ${header.run} (${header.blueprint}), exported ${header.exportedAt} ${secrets}.`);
  say(`executions: ${executions.length}, blobs: ${blobs.length}, digest ${digest}`);
  if (!checksOnly || kept !== null)
    say(`Does the code of today replay it?  baton verify --dir ${join(folder, 'histories')}`);
}

/** Until Ctrl-C. Nothing of the environment counts: what is shown is a file. */
async function show(bundle: UnpackedBundle, { port }: OpenArguments): Promise<void> {
  const config = readConfig({ BATON_PORT: port, BATON_DATA_DIR: bundle.folder, LOG_LEVEL: 'warn' });
  const log = createLog('open', config.LOG_LEVEL);
  const { startBundle } = await import('../../gateway/bundle/start-bundle.ts');
  const surface = await startBundle(bundle, { config, log });
  const url = `http://${config.BATON_HOST}:${surface.port}`;
  say(`Shown at ${url} until Ctrl-C:  baton watch ${bundle.header.run} --url ${url}  (show, logs, ls, …)`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await surface.stop();
}

await runCommand(main, [BundleError]);
