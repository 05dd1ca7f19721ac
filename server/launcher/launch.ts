/** Brings everything up in order, keeps it up, and takes it down in the reverse order. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../runtime/config.ts';
import { unfinishedMark } from '../backup/data-folder.ts';
import { startGuard, type Guard } from '../guard/guard.ts';
import { describeHolder, tryLock, type Lock } from '../lock/exclusive-lock.ts';
import type { Role } from '../process-messages.ts';
import { isFree } from '../temporal/ports.ts';
import { bringTemporal } from './bring-temporal.ts';
import { startNodeProcess } from './node-process.ts';
import { openFilesLimit, openFilesWarning } from '../../runtime/open-files.ts';
import { keepRunning, type Part } from './part.ts';
import { removeProcesses, writeProcesses, type ProcessEntry } from './processes-file.ts';
import type { Up } from './screen.ts';

export interface LaunchOptions {
  config: Config;
  /** What the processes get; the configuration was read from it. */
  environment: Readonly<Record<string, string | undefined>>;
  split: boolean;
  /** One line for people. */
  say: (line: string) => void;
}

export interface Launched {
  up: Up;
  /** Drains: worker, gateway, then Temporal. */
  stop(): Promise<void>;
  /** At once. What was accepted is durable all the same. */
  kill(): Promise<void>;
}

/** An error whose message is all that people need. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** Throws when any part does not come up; nothing is left running then. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { config, say } = options;
  const lock = lockDataFolder(config);
  const guard = await startGuard();
  const parts: Part[] = [];
  const startedAt = new Date();

  const entries = (): ProcessEntry[] => [
    { role: 'launcher', pid: process.pid, port: null, startedAt: startedAt.toISOString() },
    ...parts.flatMap(entriesOf),
  ];
  const changed = (): void => writeProcesses(config.dataDir, entries());
  const release = async (): Promise<void> => {
    await guard.close();
    removeProcesses(config.dataDir);
    lock[Symbol.dispose]();
  };

  try {
    const warning = openFilesWarning(openFilesLimit(), config.BATON_MAX_CONNECTIONS);
    if (warning !== null) say(warning);
    if (config.BATON_PORT !== 0) await checkGatewayPort(config.BATON_HOST, config.BATON_PORT);

    const temporal = await bringTemporal({ config, guard, say, changed });
    if (temporal.part !== null) parts.push(temporal.part);
    const environment = { ...options.environment, ...temporal.environment };
    for (const role of rolesToStart(options.split)) {
      parts.push(await startPart(role, { config, environment, guard, say, changed }));
      changed();
    }

    const port = parts.map((part) => gatewayPort(part)).find((found) => found !== null) ?? config.BATON_PORT;
    lock.describe({ pid: process.pid, since: startedAt.toISOString(), port });
    const up: Up = {
      host: config.BATON_HOST,
      port,
      temporal: temporal.target,
      dataDir: config.dataDir,
      authenticationOn: config.authenticationOn,
      processes: entries(),
    };
    return {
      up,
      stop: async () => {
        for (const part of parts.toReversed()) await part.stop();
        await release();
      },
      kill: async () => {
        for (const part of parts) part.kill();
        await release();
      },
    };
  } catch (error) {
    for (const part of parts) part.kill();
    await release();
    throw error;
  }
}

/** In this order they are started. They are stopped the other way round: the worker before the gateway. */
function rolesToStart(split: boolean): Role[] {
  return split ? ['gateway', 'worker'] : ['engine'];
}

function lockDataFolder(config: Config): Lock {
  mkdirSync(config.dataDir, { recursive: true });
  if (existsSync(join(config.dataDir, unfinishedMark)))
    throw new LaunchError(
      `A restore into ${config.dataDir} has not ended: wait for it, or empty the folder and restore again.`,
    );
  const attempt = tryLock(join(config.dataDir, 'lock'), { pid: process.pid, since: new Date().toISOString() });
  if ('lock' in attempt) return attempt.lock;
  throw new LaunchError(
    `The data folder ${config.dataDir} is in use by ${describeHolder(attempt.heldBy)}; ` +
      'stop that one, or choose another folder with --data-dir or BATON_DATA_DIR.',
  );
}

async function checkGatewayPort(host: string, port: number): Promise<void> {
  if (await isFree(port, host)) return;
  throw new LaunchError(`Port ${port} of ${host}, the gateway's, is in use; choose another with --port or BATON_PORT.`);
}

interface Context {
  config: Config;
  environment: Readonly<Record<string, string | undefined>>;
  guard: Guard;
  say: (line: string) => void;
  changed: () => void;
}

async function startPart(role: Role, context: Context): Promise<Part> {
  const { config, environment, guard, say, changed } = context;
  return keepRunning({
    name: role,
    say,
    changed,
    start: (previous) =>
      startNodeProcess({
        role,
        guard,
        drainMs: role === 'gateway' ? 0 : config.BATON_DRAIN_SECONDS * 1_000,
        // Clients come back to the port they know.
        environment: previous?.port == null ? environment : { ...environment, BATON_PORT: String(previous.port) },
        logFile: join(config.dataDir, 'logs', `${role}.log`),
      }),
  });
}

function gatewayPort(part: Part): number | null {
  return part.name === 'temporal' ? null : (part.process()?.running.port ?? null);
}

function entriesOf(part: Part): ProcessEntry[] {
  const present = part.process();
  if (present === null) return [];
  const { pid, port } = present.running;
  const startedAt = present.startedAt.toISOString();
  const names = part.name === 'engine' ? (['worker', 'gateway'] as const) : [part.name as ProcessEntry['role']];
  return names.map((role) => ({ role, pid, port: role === 'worker' ? null : port, startedAt }));
}
