/** A PostgreSQL of a test's own: a cluster in a folder that ends with it, reachable on loopback alone. */
import { execFile, execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Guard, GuardedProcess } from '../../server/guard/guard.ts';
import { findPostgres, whatToInstall } from '../../server/install-postgres.mjs';
import { freePorts } from '../../server/temporal/ports.ts';
import { until } from './until.ts';

/** What it says of itself in `postmaster.pid`, and in which line. */
const readyLine = { index: 7, text: 'ready' };
const readyTimeoutMs = 60_000;
/** What a test keeps in it is small. */
const dumpBytesMax = 256 * 1_024 * 1_024;

const run = promisify(execFile);

export interface Postgres {
  readonly port: number;
  /** Of its files. */
  readonly folder: string;
  /** May do everything; no password is asked. */
  readonly user: string;
  readonly pid: number;
  /** All that the database holds, as `pg_dump` writes it: bytes in hexadecimal. */
  dump(database: string): Promise<string>;
  /** SIGKILL to the postmaster; resolves when it is gone. Its children end by themselves, soon. */
  kill(): Promise<void>;
  /** Resolves when it takes queries again. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** `settings`: as after `-c`. Throws with what to install where there is none. */
export async function startPostgres(
  guard: Guard,
  logFile: string,
  settings: readonly string[] = [],
): Promise<Postgres> {
  const programs = findPostgres();
  if (programs === null) throw new Error(whatToInstall);
  const user = 'temporal';
  const folder = await mkdtemp(join(tmpdir(), 'baton-postgres-'));
  const owner = unprivileged();
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  const command = (program: string, args: readonly string[]) => [
    ...(owner?.as ?? []),
    join(programs, program),
    ...args,
  ];

  const [initdb = '', ...initArgs] = command('initdb', ['-D', folder, '-U', user, '-A', 'trust', ...locale(programs)]);
  execFileSync(initdb, initArgs, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });

  const port = (await freePorts()).frontend;
  const all = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
  const [postgres = '', ...args] = command('postgres', ['-D', folder, ...all.flatMap((setting) => ['-c', setting])]);
  let server: GuardedProcess;

  /** What a killed one has left (children that have not noticed yet) may refuse the next at first. */
  const start = async (): Promise<void> => {
    await until(
      `a PostgreSQL that is ready; its log is ${logFile}`,
      async () => {
        const attempt = await guard.spawn({ command: postgres, args, logFile });
        server = attempt;
        return isReady(folder, attempt);
      },
      readyTimeoutMs,
    );
  };
  await start();
  return {
    port,
    folder,
    user,
    get pid() {
      return server.pid;
    },
    dump: async (database) => {
      const { stdout } = await run(
        join(programs, 'pg_dump'),
        ['--host=127.0.0.1', `--port=${port}`, `--username=${user}`, database],
        { maxBuffer: dumpBytesMax },
      );
      return stdout;
    },
    kill: async () => {
      server.signal('SIGKILL');
      await server.exited;
    },
    start,
    stop: async () => {
      // At once: nobody needs its data any more.
      server.signal('SIGQUIT');
      await server.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** False where it has ended instead. */
async function isReady(folder: string, server: GuardedProcess): Promise<boolean> {
  let ended = false;
  void server.exited.then(() => (ended = true));
  return until(
    'PostgreSQL',
    async () => {
      if (ended) return 'no';
      const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
      return Number(lines[0]) === server.pid && lines[readyLine.index]?.trim() === readyLine.text ? 'yes' : null;
    },
    readyTimeoutMs,
  ).then((answer) => answer === 'yes');
}

/**
 * It refuses to run as root. For root: whom it runs as instead, and the beginning of the commands that do so; the kernel
 * forgets with the change who asked to have it killed with him, so he asks anew.
 */
function unprivileged(): { uid: number; gid: number; as: string[] } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = [id('-u'), id('-g')];
  return { uid, gid, as: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig=KILL', '--'] };
}

/** One that sorts as people do, not as bytes do: what the image of deploy/compose.yaml has. */
function locale(programs: string): string[] {
  const knowsIcu = execFileSync(join(programs, 'initdb'), ['--help'], { encoding: 'utf8' }).includes('--icu-locale');
  const provider = knowsIcu ? ['--locale-provider=icu', '--icu-locale=en-US'] : [];
  return ['--encoding=UTF8', '--locale=C.UTF-8', ...provider];
}
