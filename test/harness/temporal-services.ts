/**
 * The server as it is deployed: its four services as processes of their own, on a PostgreSQL. What deploy/ says is what
 * they get (compose.yaml's environment, the dynamic configuration, the script that sets the databases up); only addresses
 * and the number of shards differ.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { parse } from 'yaml';
import { retentionDays } from '../../protocol/limits.ts';
import { readConfig } from '../../runtime/config.ts';
import {
  describeExit,
  startGuard,
  type ExitStatus,
  type Guard,
  type GuardedProcess,
} from '../../server/guard/guard.ts';
import { lastLines } from '../../server/log-file.ts';
import { awaitHealthy, ServerEndedError } from '../../server/temporal/await-healthy.ts';
import type { DynamicValue } from '../../server/temporal/dynamic-config.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { freePorts, type TemporalPorts } from '../../server/temporal/ports.ts';
import { setUpNamespace } from '../../server/temporal/set-up-namespace.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { setUpDatabase } from './temporal-database.ts';
import { until } from './until.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const deployedDynamicConfig = join(deploy, 'temporal-dynamic-config.yaml');
/** As in the embedded server, which tests may have beside it. */
const namespace = 'default';
const startTimeoutMs = 60_000;
const startTries = 3;

export const serviceNames = ['frontend', 'history', 'matching', 'worker'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A process that tests kill. */
export interface Killable {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same ports; resolves when it is there for the others. */
  start(): Promise<void>;
}

export interface TemporalServices {
  /** host:port of the frontend. */
  readonly address: string;
  readonly namespace: string;
  /** What the database keeps on the disk. */
  readonly dataDir: string;
  readonly services: Readonly<Record<ServiceName, Killable>>;
  readonly postgres: Killable;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** Dynamic configuration over what deploy/ says. */
  settings?: Readonly<Record<string, DynamicValue>>;
  /** What is there before the databases are set up as deploy/ does it. Default: nothing. */
  prepare?: (postgres: Postgres) => Promise<void>;
}

export async function startTemporalServices(options: ServiceOptions = {}): Promise<TemporalServices> {
  const logs = await mkdtemp(join(tmpdir(), 'baton-services-'));
  const guard = await startGuard();
  try {
    const postgres = await startPostgres(guard, join(logs, 'postgres.log'), deployedSettings());
    await options.prepare?.(postgres);
    await setUpDatabase(postgres);
    const ports = await freePorts();
    const address = `127.0.0.1:${ports.frontend}`;
    const place = { guard, logs, ports, postgres, dynamicConfigFile: await dynamicConfig(logs, options.settings) };
    const services = Object.fromEntries(
      await Promise.all(serviceNames.map(async (name) => [name, await service(name, place)])),
    ) as Record<ServiceName, Killable>;
    const connection = Connection.lazy({ address });
    try {
      await setUpNamespace(connection, { namespace, owned: true, retentionDays });
    } finally {
      await connection.close();
    }
    return {
      address,
      namespace,
      dataDir: postgres.folder,
      services,
      postgres,
      stop: async () => {
        await Promise.all(serviceNames.map((name) => services[name].kill()));
        await postgres.stop();
        await guard.close();
        await rm(logs, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

interface Place {
  guard: Guard;
  logs: string;
  ports: TemporalPorts;
  postgres: Postgres;
  dynamicConfigFile: string;
}

async function service(
  name: ServiceName,
  { guard, logs, ports, postgres, dynamicConfigFile }: Place,
): Promise<Killable> {
  const binary = await obtainServer(readConfig(process.env));
  const environment = {
    ...serviceEnvironment(name, ports, postgres),
    DYNAMIC_CONFIG_FILE_PATH: dynamicConfigFile,
  };
  const variables = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  const logFile = join(logs, `${name}.log`);
  let running: GuardedProcess;
  const startOnce = async (): Promise<void> => {
    // Nothing of this process's environment, which may name another server.
    running = await guard.spawn({ command: '/usr/bin/env', args: ['-i', ...variables, binary, 'start'], logFile });
    if (name === 'frontend') await awaitHealthy(`127.0.0.1:${ports.frontend}`, running, logFile);
    else await awaitOpen(name, running, ports.membership[name], logFile);
  };
  /** The services trip over each other when they make the cluster's entry in a new database; compose starts them again, too. */
  const start = async (): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await startOnce();
        return;
      } catch (error) {
        if (!(error instanceof ServerEndedError) || attempt === startTries) throw error;
      }
    }
  };
  await start();
  return {
    kill: async () => {
      running.signal('SIGKILL');
      await running.exited;
    },
    start,
  };
}

interface Deployed {
  services: Record<string, { environment?: Record<string, string>; command?: string[] }>;
}

const deployed = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'), { merge: true }) as Deployed;

/** Of the database's own command line, `-c name=value` each. */
function deployedSettings(): string[] {
  return (deployed.services['postgres']?.command ?? []).filter((argument) => argument.includes('='));
}

async function dynamicConfig(folder: string, settings: ServiceOptions['settings'] = {}): Promise<string> {
  const said = parse(readFileSync(deployedDynamicConfig, 'utf8')) as object;
  const others = Object.entries(settings).map(([name, value]) => [name, [{ value }]] as const);
  const file = join(folder, 'dynamic.yaml');
  await writeFile(file, JSON.stringify({ ...said, ...Object.fromEntries(others) }));
  return file;
}

/** What the service reads; `temporal-server start` needs nothing else. */
export function serviceEnvironment(
  name: ServiceName,
  ports: TemporalPorts,
  postgres: Postgres,
): Record<string, string> {
  const port = String(postgres.port);
  const rpc = { frontend: ports.frontend, history: ports.history, matching: ports.matching, worker: ports.worker };
  const grpcPorts = serviceNames.map((each) => [`${each.toUpperCase()}_GRPC_PORT`, String(rpc[each])]);
  const membershipPorts = serviceNames.map((each) => [
    `${each.toUpperCase()}_MEMBERSHIP_PORT`,
    String(ports.membership[each]),
  ]);
  return {
    ...deployed.services[`temporal-${name}`]?.environment,
    POSTGRES_SEEDS: '127.0.0.1',
    POSTGRES_PWD: 'not-asked',
    DB_PORT: port,
    POSTGRES_PORT: port,
    NUM_HISTORY_SHARDS: '4',
    DYNAMIC_CONFIG_FILE_PATH: deployedDynamicConfig,
    PUBLIC_FRONTEND_ADDRESS: `127.0.0.1:${ports.frontend}`,
    PROMETHEUS_ENDPOINT: '',
    BIND_ON_IP: '127.0.0.1',
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    FRONTEND_HTTP_PORT: '0',
    ...Object.fromEntries([...grpcPorts, ...membershipPorts]),
  };
}

async function awaitOpen(name: ServiceName, running: GuardedProcess, port: number, logFile: string): Promise<void> {
  let end: ExitStatus | undefined;
  void running.exited.then((status) => (end = status));
  await until(
    `the ${name} service; its log is ${logFile}`,
    async () => {
      if (end === undefined) return isOpen(port);
      throw new ServerEndedError(`the ${name} service ended (${describeExit(end)}):\n${await lastLines(logFile)}`);
    },
    startTimeoutMs,
  );
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
