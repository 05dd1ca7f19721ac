/** Starts the embedded Temporal server on a data folder, tuned, healthy and set up. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { retentionDays as defaultRetentionDays } from '../../protocol/limits.ts';
import { startGuard, type ExitStatus, type Guard, type GuardedProcess } from '../guard/guard.ts';
import { rotateLog } from '../log-file.ts';
import { awaitHealthy, ServerEndedError } from './await-healthy.ts';
import { databaseFiles, prepareDatabases, type DatabaseFiles } from './database-files.ts';
import { dynamicConfig, type DynamicValue } from './dynamic-config.ts';
import { checkPorts, freePorts, type TemporalPorts } from './ports.ts';
import { serverConfig } from './server-config.ts';
import { setUpNamespace } from './set-up-namespace.ts';

export interface TemporalOptions {
  /** Absolute. The server's files go to its folders `temporal` and `logs`. */
  dataDir: string;
  /** Of the frontend; the seven after it are taken too. 0 takes free ones. */
  port: number;
  /** The server program. */
  binary: string;
  /** Default: `default`. */
  namespace?: string;
  retentionDays?: number;
  /** Dynamic configuration over what dynamic-config.ts says. */
  settings?: Readonly<Record<string, DynamicValue>>;
  /** What makes the server end with this process; without one it gets its own. */
  guard?: Guard;
}

export interface Temporal {
  /** host:port of the frontend. */
  readonly address: string;
  readonly port: number;
  readonly namespace: string;
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  /** Lets the server close its files; kills it when that takes too long. */
  stop(): Promise<void>;
}

/**
 * By itself the server takes more than 10 s to stop: its own workers wait for each other. Whatever it has accepted is
 * on the disk by then (write-ahead log, full sync), so a short while for what is on its way is enough.
 */
const stopDeadlineMs = 500;

/** Free ports can be taken by somebody else between the look and the start. */
const freePortTries = 3;

/** Throws `PortBusyError`, or an error that ends with the last lines of the server's log. */
export async function startTemporal(options: TemporalOptions): Promise<Temporal> {
  const folder = join(options.dataDir, 'temporal');
  const databases = databaseFiles(folder);
  const logFile = join(options.dataDir, 'logs', 'temporal.log');
  await Promise.all([mkdir(folder, { recursive: true }), mkdir(join(options.dataDir, 'logs'), { recursive: true })]);
  await rotateLog(logFile);
  const migrated = await prepareDatabases(databases);
  if (migrated.length > 0)
    await appendFile(logFile, `the files of an older version were migrated: ${migrated.join(', ')}\n`);

  for (let attempt = 1; ; attempt++) {
    const ports = options.port === 0 ? await freePorts() : await checkPorts(options.port);
    try {
      return await startOn(ports, { ...options, folder, databases, logFile });
    } catch (error) {
      if (options.port !== 0 || !(error instanceof ServerEndedError) || attempt === freePortTries) throw error;
    }
  }
}

interface Files {
  folder: string;
  databases: DatabaseFiles;
  logFile: string;
}

async function startOn(ports: TemporalPorts, options: TemporalOptions & Files): Promise<Temporal> {
  const configFile = join(options.folder, 'server.yaml');
  const dynamicConfigFile = join(options.folder, 'dynamic.yaml');
  const { databases } = options;
  await writeFile(configFile, serverConfig({ ports, databases, dynamicConfigFile }));
  await writeFile(dynamicConfigFile, dynamicConfig(options.settings));

  const guard = options.guard ?? (await startGuard());
  const closeGuard = async (): Promise<void> => (options.guard === undefined ? guard.close() : undefined);
  const address = `127.0.0.1:${ports.frontend}`;
  const namespace = options.namespace ?? 'default';
  const connection = Connection.lazy({ address });
  try {
    const server = await guard.spawn({
      command: options.binary,
      args: ['--config-file', configFile, '--allow-no-auth', 'start'],
      logFile: options.logFile,
    });
    try {
      await awaitHealthy(address, server, options.logFile);
      await setUpNamespace(connection, {
        namespace,
        owned: true,
        retentionDays: options.retentionDays ?? defaultRetentionDays,
      });
    } catch (error) {
      server.signal('SIGKILL');
      await server.exited;
      throw error;
    }
    const stop = async (): Promise<void> => {
      await stopServer(server);
      await closeGuard();
    };
    return { address, port: ports.frontend, namespace, pid: server.pid, exited: server.exited, stop };
  } catch (error) {
    await closeGuard();
    throw error;
  } finally {
    await connection.close();
  }
}

async function stopServer(server: GuardedProcess): Promise<void> {
  server.signal('SIGTERM');
  const kill = setTimeout(() => server.signal('SIGKILL'), stopDeadlineMs);
  await server.exited;
  clearTimeout(kill);
}
