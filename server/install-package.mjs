// @ts-check
/** A package of the system that tests need. Plain JavaScript: runs before npm's packages are there. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const lockWaitSeconds = 300;

/**
 * By apt-get, as root; elsewhere nothing happens. Where it fails it says so and goes on: most tests need none.
 *
 * @param {string} name
 * @param {string} what for people
 * @param {{ path?: string | undefined, isRoot?: boolean, say?: (line: string) => void }} [where]
 */
export async function installPackage(
  name,
  what,
  {
    path = process.env['PATH'],
    isRoot = process.getuid?.() === 0,
    say = (line) => void process.stderr.write(`${line}\n`),
  } = {},
) {
  const aptGet = (path ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'apt-get')));
  if (!isRoot || aptGet === undefined) return;
  say(`Installing ${what} (apt-get install ${name})`);
  const program = join(aptGet, 'apt-get');
  const install = ['install', '--yes', '--no-install-recommends', name];
  // The lists of packages may be old, or not there at all.
  const failure = (await aptFails(program, ['update'])) ?? (await aptFails(program, install));
  if (failure !== null) say(`It could not be installed: ${failure}`);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string | null>} why it failed
 */
async function aptFails(program, args) {
  const child = spawn(program, ['--quiet', '-o', `DPkg::Lock::Timeout=${lockWaitSeconds}`, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => (output += text));
  /** @type {string | null} */
  const failure = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : `exit code ${code}`));
  });
  return failure === null ? null : `apt-get ${args.join(' ')}: ${failure}. ${output.trim()}`;
}
