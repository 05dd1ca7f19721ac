/** Finds a program of the Temporal server, or gets it: cache folder, official release, Go. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeHolder, tryLock, type Lock } from '../lock/exclusive-lock.ts';
import { progressLine } from '../progress-line.ts';
import { buildWithGo } from './build-with-go.ts';
import { downloadArchive } from './download-archive.ts';
import { exitOf } from './exit-of.ts';
import { goVersion, releaseArchives, releaseUrl, serverVersion, temporalServer } from './version.ts';
import type { ReleaseArchive, ServerProgram } from './version.ts';

export interface ObtainOptions {
  /** Absolute. */
  cacheDir: string;
  /** Default: the server itself. */
  program?: ServerProgram;
  /** Default: the official one. */
  releaseUrl?: string;
  /** Default: the official one for this platform. */
  archive?: ReleaseArchive;
  /** Of `go`. Default: this process's. */
  environment?: NodeJS.ProcessEnv;
  /** Default: a line on standard error. */
  progress?: (text: string) => void;
}

/** Each attempt has a folder of its own beside the program. */
const attemptPrefix = 'new-';

/** Another process that is getting the server is looked after this often. */
const waitIntervalMs = 500;

/** The program's path. Throws one error that names all that was tried and what to do. */
export async function obtainServer(options: ObtainOptions): Promise<string> {
  const program = options.program ?? temporalServer;
  const home = join(options.cacheDir, `temporal-server-${serverVersion}`);
  const file = join(home, program.file);
  if (existsSync(file)) return file;

  const line = progressLine();
  const progress = options.progress ?? line.update;
  await mkdir(home, { recursive: true });
  const lock = await waitForLock(join(home, 'obtaining.lock'), program, progress);
  try {
    // Whoever had the lock before may have left it there.
    if (!existsSync(file)) await get(home, program, options, progress);
    return file;
  } finally {
    lock[Symbol.dispose]();
    line[Symbol.dispose]();
  }
}

async function get(
  home: string,
  program: ServerProgram,
  options: ObtainOptions,
  progress: (text: string) => void,
): Promise<void> {
  await removeLeftovers(home);
  const file = join(home, program.file);
  const attempts = program === temporalServer ? ['TEMPORAL_ADDRESS: not set'] : [];
  attempts.push(`${file}: not there`);
  for (const source of sources(program, options, progress)) {
    const folder = await mkdtemp(join(home, attemptPrefix));
    try {
      const found = await source.get(folder);
      await chmod(found, 0o755);
      await checkRuns(found);
      await rename(found, file);
      return;
    } catch (error) {
      attempts.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new Error(whatToDo(attempts, program, file));
}

/** Of attempts that were cut off. */
async function removeLeftovers(home: string): Promise<void> {
  const left = (await readdir(home)).filter((name) => name.startsWith(attemptPrefix));
  await Promise.all(left.map((name) => rm(join(home, name), { recursive: true, force: true })));
}

function* sources(
  program: ServerProgram,
  options: ObtainOptions,
  progress: (text: string) => void,
): Generator<{ name: string; get(folder: string): Promise<string> }> {
  const archive = options.archive ?? releaseArchives[`${process.platform}-${process.arch}`];
  const from = options.releaseUrl ?? releaseUrl;
  if (archive !== undefined) {
    yield {
      name: `${from}/${archive.name}`,
      get: (folder) => downloadArchive({ program, releaseUrl: from, archive, folder, progress }),
    };
  }
  yield {
    name: `go install ${program.goPackage}`,
    get: (folder) => buildWithGo({ program, folder, environment: options.environment ?? process.env, progress }),
  };
}

async function waitForLock(file: string, program: ServerProgram, progress: (text: string) => void): Promise<Lock> {
  for (;;) {
    const attempt = tryLock(file, { pid: process.pid, since: new Date().toISOString() });
    if ('lock' in attempt) return attempt.lock;
    progress(`Waiting for the ${program.title}, which ${describeHolder(attempt.heldBy)} is getting`);
    await new Promise((resolve) => void setTimeout(resolve, waitIntervalMs));
  }
}

async function checkRuns(program: string): Promise<void> {
  const { ok, output } = await exitOf(spawn(program, ['--version'], { stdio: ['ignore', 'ignore', 'pipe'] }));
  if (!ok) throw new Error(`the program does not run on this machine: ${output}`);
}

function whatToDo(attempts: string[], program: ServerProgram, file: string): string {
  return [
    `Could not get the ${program.title} ${serverVersion}. Tried, in this order:`,
    ...attempts.map((attempt) => `  - ${attempt}`),
    'Do one of these, then start again:',
    ...(program === temporalServer ? ['  - set TEMPORAL_ADDRESS to a Temporal server that is running;'] : []),
    '  - let this machine reach github.com;',
    `  - install Go ${goVersion} or newer, with access to a Go module proxy;`,
    `  - put the program ${program.file} of ${serverVersion} at ${file}.`,
  ].join('\n');
}
