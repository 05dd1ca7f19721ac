// @ts-check
/** Installs the packages that the lock file names, where they are not there. Plain JavaScript: runs before they are. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const waitIntervalMs = 500;
const tickMs = 1_000;

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dev?: boolean, link?: boolean }} Entry
 * @typedef {Record<string, Entry>} Packages
 */

/**
 * @param {string} root
 * @param {{ production: boolean }} options production: development packages may be missing
 */
export async function installMissing(root, options) {
  if (isInstalled(root, options)) return;
  const release = await onlyOne(join(root, '.baton-installing'));
  try {
    if (!isInstalled(root, options)) await install(root);
  } finally {
    release();
  }
}

/**
 * @param {string} root
 * @param {{ production: boolean }} options
 */
function isInstalled(root, options) {
  // npm writes the second file when it has put everything in its place.
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return present !== null && matches(readPackages(join(root, 'package-lock.json')) ?? {}, present, options);
}

/**
 * Whether what is installed is what is locked. Optional packages of other platforms are never there.
 *
 * @param {Packages} locked
 * @param {Packages} present
 * @param {{ production: boolean }} options
 */
export function matches(locked, present, options) {
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '' || entry.link === true) return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true || (options.production && entry.dev === true);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Packages | null}
 */
function readPackages(file) {
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** @param {string} root */
async function install(root) {
  const began = Date.now();
  const terminal = process.stderr.isTTY;
  const show = () => {
    const seconds = Math.round((Date.now() - began) / 1_000);
    process.stderr.write(`\r\u001B[2KInstalling the locked packages (npm ci): ${seconds} s`);
  };
  if (!terminal) process.stderr.write('Installing the locked packages (npm ci)\n');
  const ticking = terminal ? setInterval(show, tickMs) : undefined;
  try {
    await npmCi(root);
  } finally {
    clearInterval(ticking);
    if (terminal) process.stderr.write('\r\u001B[2K');
  }
}

/** @param {string} root */
async function npmCi(root) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npmScript = process.env['npm_execpath'];
  const byScript = npmScript !== undefined && /npm-cli\.c?js$/.test(npmScript);
  const command = byScript ? process.execPath : 'npm';
  const child = spawn(command, byScript ? [npmScript, ...args] : args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    // On Windows npm is a script of the shell.
    shell: !byScript && process.platform === 'win32',
  });
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => (output += text));
  /** @type {string | null} */
  const failure = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : `exit code ${code}`));
  });
  if (failure !== null) throw new Error(`npm ${args.join(' ')} failed in ${root} (${failure}).\n${output.trim()}`);
}

/**
 * Two that install into one folder destroy each other's work.
 *
 * @param {string} file
 * @returns {Promise<() => void>} lets the next one go on
 */
async function onlyOne(file) {
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== null && !isAlive(holder)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) process.stderr.write(`Waiting for process ${holder ?? '?'}, which installs the packages (${file})\n`);
    told = true;
    await new Promise((resolve) => void setTimeout(resolve, waitIntervalMs));
  }
}

/** @param {string} file */
function readHolder(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
