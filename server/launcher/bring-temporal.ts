/** The embedded Temporal server as a part of the launcher, or the server that TEMPORAL_ADDRESS names. */
import { Connection } from '@temporalio/client';
import type { Config } from '../../runtime/config.ts';
import { temporalTarget } from '../../runtime/temporal-connection.ts';
import { describeExit, killNow, type Guard } from '../guard/guard.ts';
import { obtainServer } from '../temporal/obtain-server.ts';
import { setUpNamespace } from '../temporal/set-up-namespace.ts';
import { startTemporal } from '../temporal/start-temporal.ts';
import { keepRunning, type Part, type RunningProcess } from './part.ts';
import type { Up } from './screen.ts';

const answerDeadlineMs = 10_000;

export interface Brought {
  /** Null: the server is somebody else's. */
  part: Part | null;
  target: Up['temporal'];
  /** What the other processes must know to reach it. */
  environment: Record<string, string>;
}

export async function bringTemporal(options: {
  config: Config;
  guard: Guard;
  say: (line: string) => void;
  changed: () => void;
}): Promise<Brought> {
  const { config } = options;
  if (config.TEMPORAL_ADDRESS !== undefined) return { part: null, target: await reach(config), environment: {} };

  const binary = await obtainServer(config);
  const part = await keepRunning({
    name: 'temporal',
    say: options.say,
    changed: options.changed,
    start: (previous) => startServer(config, binary, options.guard, previous?.port ?? config.BATON_TEMPORAL_PORT),
  });
  const port = part.process()?.running.port ?? config.BATON_TEMPORAL_PORT;
  return {
    part,
    target: { address: `127.0.0.1:${port}`, namespace: config.TEMPORAL_NAMESPACE, embedded: true },
    environment: { BATON_TEMPORAL_PORT: String(port) },
  };
}

async function startServer(config: Config, binary: string, guard: Guard, port: number): Promise<RunningProcess> {
  const server = await startTemporal({
    dataDir: config.dataDir,
    port,
    binary,
    namespace: config.TEMPORAL_NAMESPACE,
    retentionDays: config.BATON_RETENTION_DAYS,
    guard,
  });
  return {
    pid: server.pid,
    port: server.port,
    ended: server.exited.then(describeExit),
    stop: () => server.stop(),
    kill: () => killNow(server.pid),
  };
}

async function reach(config: Config): Promise<Up['temporal']> {
  const { connection: options, namespace } = temporalTarget(config);
  const address = options.address ?? '';
  const connection = Connection.lazy(options);
  try {
    await connection.withDeadline(Date.now() + answerDeadlineMs, () => connection.workflowService.getSystemInfo({}));
  } catch (error) {
    await connection.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`No Temporal server answers at TEMPORAL_ADDRESS ${address}: ${reason}`, { cause: error });
  }
  try {
    await setUpNamespace(connection, { namespace, owned: false, retentionDays: config.BATON_RETENTION_DAYS });
  } finally {
    await connection.close();
  }
  return { address, namespace, embedded: false };
}
