import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  type BundleOptions as BundleOptionsOfSdk,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Log } from '../runtime/log.ts';
import { keptBundle, type MadeBundle } from './bundle-cache.ts';
import { sdkLogger } from './sdk-runtime.ts';

export const workflowsFolder = fileURLToPath(new URL('../workflows', import.meta.url));

const dispatcher = join(workflowsFolder, 'supervisor', 'dispatch.ts');
/** Workflows that are no blueprints; their names stay. */
const archiver = join(workflowsFolder, 'baton-archiver', 'workflow.ts');
const teller = join(workflowsFolder, 'baton-teller', 'workflow.ts');
const verifier = join(workflowsFolder, 'baton-verifier', 'workflow.ts');
const payloadConverter = join(workflowsFolder, 'supervisor', 'payload-converter.ts');
/** Where the SDK's workflow package lies, for an entry outside of the project. */
const packagesFolder = join(
  dirname(createRequire(import.meta.url).resolve('@temporalio/workflow/package.json')),
  '..',
  '..',
);

const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** Where the workflow code is: folders of blueprints, an entry file of somebody's own, or a file that holds a bundle. */
export type WorkflowSource = { folders: readonly string[] } | { entry: string } | { bundleFile: string };

/** `failureConverterPath`: as in the data converter of the worker that runs it. Default: the SDK's own. */
type WebpackPlugin = Exclude<
  NonNullable<Parameters<NonNullable<BundleOptionsOfSdk['webpackConfigHook']>>[0]['plugins']>[number],
  ((...args: never[]) => unknown) | '' | 0 | false | null | undefined
>;
type BundleOptions = Pick<BundleOptionsOfSdk, 'failureConverterPath'>;

/**
 * The workflow code as workers run it: the supervisor, and the `blueprint.ts` of each folder in `folders`, so that adding
 * a blueprint touches no other folder. It takes seconds: once in a process, and not where it was made before.
 */
export async function workflowBundle(
  log: Log,
  source: WorkflowSource = { folders: [workflowsFolder] },
  options: BundleOptions = {},
): Promise<WorkflowBundleWithSourceMap> {
  if ('bundleFile' in source) return { code: await readFile(source.bundleFile, 'utf8'), sourceMap: '' };
  const key = JSON.stringify([source, options]);
  const known = bundles.get(key);
  if (known) return await known;
  const bundling = 'entry' in source ? ofEntry(log, source.entry, options) : ofFolders(log, source.folders, options);
  bundles.set(key, bundling);
  bundling.catch(() => bundles.delete(key));
  return await bundling;
}

/** The bundler reads one file and cannot list folders: the file is written for it, and removed afterwards. */
async function ofFolders(
  log: Log,
  folders: readonly string[],
  options: BundleOptions,
): Promise<WorkflowBundleWithSourceMap> {
  const source = entrySource(await findBlueprints(folders));
  const make = async () => {
    const workDir = await mkdtemp(join(tmpdir(), 'baton-bundle-'));
    try {
      const entry = join(workDir, 'workflows.ts');
      await writeFile(entry, source);
      const { bundle: made, files } = await bundle(log, entry, options);
      // The subject stands for the entry: it is gone when anybody looks whether it has changed.
      return { bundle: made, files: files.filter((file) => file !== entry) };
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  };
  return await keptBundle(subjectOf(source, options), make, { log });
}

function ofEntry(log: Log, entry: string, options: BundleOptions): Promise<WorkflowBundleWithSourceMap> {
  return keptBundle(subjectOf(entry, options), () => bundle(log, entry, options), { log });
}

/** All that makes a bundle another one, besides the files that go into it. */
function subjectOf(source: string, options: BundleOptions): string {
  const bundler = readFileSync(createRequire(import.meta.url).resolve('@temporalio/worker/package.json'), 'utf8');
  const own = readFileSync(fileURLToPath(import.meta.url), 'utf8');
  return JSON.stringify([source, options, process.versions.node, bundler, own]);
}

async function bundle(log: Log, workflowsPath: string, { failureConverterPath }: BundleOptions): Promise<MadeBundle> {
  const files = new Set<string>();
  const made = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: payloadConverter,
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
    logger: sdkLogger(log.child({ part: 'bundler' }), 'DEBUG'),
    // Names stay readable in stack traces; what development mode adds to each module is left out.
    webpackConfigHook: (config) => ({
      ...config,
      mode: 'production',
      // Names in the code are relative to it: the folder that a worker was started in makes no difference.
      context: dirname(workflowsFolder),
      // Numbered in their order: numbers made of paths would be others for each temporary folder.
      optimization: { ...config.optimization, minimize: false, moduleIds: 'natural' },
      resolve: { ...config.resolve, modules: [...(config.resolve?.modules ?? ['node_modules']), packagesFolder] },
      plugins: [...(config.plugins ?? []), filesOf(files)],
    }),
  });
  return { bundle: made, files: [...files].toSorted() };
}

/** Adds all files that are read for a bundle; some that the bundler makes up are on no disk. */
function filesOf(files: Set<string>): WebpackPlugin {
  return {
    apply(compiler) {
      compiler.hooks.afterCompile.tap('baton', ({ fileDependencies }) => {
        for (const file of fileDependencies) if (statSync(file, { throwIfNoEntry: false })?.isFile()) files.add(file);
      });
    },
  };
}

/** Absolute paths, sorted: the same folders make the same bundle. */
export async function findBlueprints(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name, 'blueprint.ts');
      if (entry.isDirectory() && existsSync(file)) found.push(file);
    }
  }
  if (found.length === 0) throw new Error(`no blueprint.ts in the folders of ${folders.join(', ')}`);
  return found.toSorted();
}

function entrySource(blueprints: readonly string[]): string {
  const imports = blueprints.map((file, index) => `import { blueprint as b${index} } from ${JSON.stringify(file)};`);
  const names = blueprints.map((_, index) => `b${index}`).join(', ');
  return [
    `import { dispatch } from ${JSON.stringify(dispatcher)};`,
    ...imports,
    `export { batonArchiver } from ${JSON.stringify(archiver)};`,
    `export { batonTeller } from ${JSON.stringify(teller)};`,
    `export { batonVerifier } from ${JSON.stringify(verifier)};`,
    `export default dispatch([${names}]);`,
    '',
  ].join('\n');
}
