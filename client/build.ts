/** Makes plain JavaScript of the client: one module for browsers, and a folder that npm can pack. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { build } from 'esbuild';
import { protocolDeclarations } from './pack/protocol-types.ts';

const root = dirname(import.meta.dirname);
const entry = join(import.meta.dirname, 'index.ts');
/** What AbortSignal.any needs, and private methods: browsers of 2024. */
const target = ['es2022', 'node20', 'chrome116', 'firefox124', 'safari17.4'];

/** The module that the gateway serves at /client.js. */
export async function buildBrowserClient(outfile: string = join(root, 'dist', 'client.js')): Promise<string> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target,
  });
  return outfile;
}

/** Fills a folder with the npm package: one module, its declarations, no dependencies. */
export async function buildPackage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, 'index.js');
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'neutral', target });
  for (const [name, text] of await declarations()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  const manifest = {
    name: 'baton-client',
    version,
    description: 'Client of a Baton gateway: start, watch, answer and cancel durable agent runs',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.3' },
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    types: './index.d.ts',
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, 'README.md'), await readFile(join(root, 'docs', 'client.md'), 'utf8'));
}

/** Declarations of index.ts and all that they mention, by path in the package. */
async function declarations(): Promise<Map<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'baton-declarations-'));
  try {
    await emitDeclarations(out);
    const found = new Map<string, string>();
    const wanted = ['index.ts'];
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      const name = path.replace(/\.ts$/, '.d.ts');
      if (found.has(name)) continue;
      const text = path === 'types.ts' ? protocolDeclarations() : await readFile(join(out, 'client', name), 'utf8');
      for (const [, imported = ''] of text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
        const shown = posix.join(posix.dirname(path), imported);
        if (!imported.startsWith('.') || shown.startsWith('..')) {
          throw new Error(`client/${path} shows a type of ${imported}: the package would not stand alone`);
        }
        wanted.push(shown);
      }
      found.set(name, text.replaceAll(/(from\s*['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'));
    }
    return found;
  } finally {
    await rm(out, { recursive: true });
  }
}

async function emitDeclarations(out: string): Promise<void> {
  const project = join(out, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: true,
    rootDir: root,
    outDir: out,
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  await writeFile(
    project,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files: [entry] }),
  );
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  await run(process.execPath, [tsc, '--project', project]);
}

export function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${output}`));
    });
  });
}

/** Builds the browser's module where it is missing or older than a source; in one step, for a gateway may be serving it. */
async function buildIfStale(): Promise<void> {
  const outfile = join(root, 'dist', 'client.js');
  const builtAtMs = await stat(outfile).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const changedAtMs = Math.max(
    ...(await Promise.all(['client', 'protocol'].map((folder) => newestChange(join(root, folder))))),
  );
  if (builtAtMs > changedAtMs) return;
  const fresh = `${outfile}.${process.pid}`;
  await buildBrowserClient(fresh);
  await rename(fresh, outfile);
}

async function newestChange(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((file) => file.isFile());
  const times = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  );
  return Math.max(...times);
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) await buildIfStale();
