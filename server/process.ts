/**
 * A worker, a gateway, or both with one live bus between them. The launcher forks it (`--supervised`), or a person
 * starts it with `npm run start:worker` and `start:gateway` against TEMPORAL_ADDRESS.
 */
import { parseArgs } from 'node:util';
import { readConfig, type Config } from '../runtime/config.ts';
import { inProcessBus, type LiveBus } from '../runtime/live-bus.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { roles, type FromProcess, type Role, type ToProcess } from './process-messages.ts';

/** Whoever started this is gone, and Temporal perhaps with it: no time for a long good-bye. */
const orphanDeadlineMs = 1_500;

interface Running {
  port: number | null;
  stop(): Promise<void>;
}

const { values } = parseArgs({
  options: { role: { type: 'string' }, supervised: { type: 'boolean' }, port: { type: 'string' } },
});
const role = roles.find((name) => name === values.role);
const supervised = values.supervised === true;

async function start(name: Role, config: Config, log: Log): Promise<Running> {
  const bus = inProcessBus();
  const gateway = name === 'worker' ? null : await startGatewayPart(config, bus, log);
  const worker = name === 'gateway' ? null : await startWorkerPart(config, bus, log);
  return {
    port: gateway?.port ?? null,
    // The last events of what the worker lets go of still reach those who watch.
    stop: async () => {
      await worker?.stop();
      await gateway?.stop();
      await bus.close();
    },
  };
}

/** A gateway loads no worker and a worker no gateway: each has its native library. */
async function startGatewayPart(
  config: Config,
  bus: LiveBus,
  log: Log,
): Promise<{ port: number; stop(): Promise<void> }> {
  const { startGateway } = await import('../gateway/start-gateway.ts');
  return startGateway(config, { bus, log });
}

async function startWorkerPart(config: Config, bus: LiveBus, log: Log): Promise<{ stop(): Promise<void> }> {
  const { startWorker } = await import('../worker/start-worker.ts');
  return startWorker(config, { bus, log });
}

async function tell(message: FromProcess): Promise<void> {
  if (!supervised || !process.connected) return;
  await new Promise<void>((resolve) => void process.send?.(message, undefined, undefined, () => resolve()));
}

async function main(): Promise<void> {
  if (role === undefined) throw new Error(`--role is one of ${roles.join(', ')}`);
  const environment = values.port === undefined ? process.env : { ...process.env, BATON_PORT: values.port };
  const config = readConfig(environment);
  if (!supervised && config.TEMPORAL_ADDRESS === undefined) {
    throw new Error('TEMPORAL_ADDRESS is not set: a single worker or gateway needs a Temporal server that is running.');
  }
  const log = createLog(role, config.LOG_LEVEL);
  const stop = stopRequested();
  const running = await start(role, config, log);
  await tell({ kind: 'ready', port: running.port });
  log.info({ port: running.port }, `${role} is up`);

  const why = await stop;
  log.info(`stopping: ${why}`);
  if (why === 'orphaned') setTimeout(() => process.exit(1), orphanDeadlineMs).unref();
  await running.stop();
  process.exit(0);
}

/** Supervised, the launcher decides alone: a Ctrl-C in its terminal reaches this process as well, too early. */
function stopRequested(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  process.on('SIGTERM', () => resolve('SIGTERM'));
  process.on('SIGINT', () => {
    if (!supervised) resolve('SIGINT');
  });
  process.on('disconnect', () => resolve('orphaned'));
  process.on('message', (message: ToProcess) => {
    if (message.kind === 'stop') resolve('stop');
  });
  return promise;
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${error instanceof Error && supervised ? error.stack : message}\n`);
  await tell({ kind: 'failed', message });
  process.exit(1);
}
