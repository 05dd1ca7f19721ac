/**
 * The product as its commands start it, `npm start`, `npm run start:gateway` and `npm run start:worker`, on the Temporal
 * server that the tests share: real processes, on a data folder, a task queue and ports of their own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../gateway/create-engine.ts';
import { createMetrics } from '../../gateway/metrics/metrics.ts';
import { startSurface } from '../../gateway/surface.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { Api } from './gateway.ts';
import { launchBaton, runCommand, type Launched, type Program } from './launched.ts';
import { temporalAddress, temporalNamespace, testConfig, unique } from './temporal-server.ts';
import { TestSocket } from './test-socket.ts';
import { until } from './until.ts';

export interface ProductGateway {
  /** As in `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly api: Api;
  /** Opens a socket; `path` with its query. The product's token is sent, where it has one. */
  open(path: string): Promise<TestSocket>;
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface Product extends ProductGateway {
  readonly launched: Launched;
  readonly dataDir: string;
  /** What every process of it was given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another gateway on the same data, a process of its own; `settings` beside the product's, its log in `output`. */
  startGateway(settings?: Readonly<Record<string, string>>): Promise<ProductGateway & Pick<Program, 'output'>>;
  /** Another worker, a process of its own; resolves when it takes tasks. */
  startWorker(): Promise<Program>;
  /** The same gateway's code in this process, with dialects of another folder: clocks that a test can wait for. */
  startHurried(dialectFolder: string): Promise<ProductGateway>;
}

export async function startProduct(
  settings: Readonly<Record<string, string>> = {},
  { token = null, args = [] }: { token?: string | null; args?: readonly string[] } = {},
): Promise<Product> {
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-product-'));
  const environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_TASK_QUEUE: unique('product'),
    BATON_DATA_DIR: dataDir,
    LOG_LEVEL: 'info',
    ...settings,
  };
  const launched = await launchBaton(dataDir, args, environment);
  const others: { stop(): Promise<void> }[] = [];
  const keep = <T extends { stop(): Promise<void> }>(other: T): T => {
    others.push(other);
    return other;
  };
  const startProgram = async (
    name: 'gateway' | 'worker',
    own: Readonly<Record<string, string>> = {},
  ): Promise<Program> => {
    const program = runCommand([name], { ...environment, BATON_PORT: '0', ...own });
    keep({ stop: () => end(program) });
    await until(`a ${name} that is up`, () => program.output().includes(`${name} is up`), 45_000);
    return program;
  };
  return {
    ...gatewayAt(launched.api, token, async () => {
      await Promise.all(others.map((other) => other.stop()));
      await end(launched);
      await rm(dataDir, { recursive: true, force: true });
    }),
    launched,
    dataDir,
    environment,
    startGateway: async (own) => {
      const program = await startProgram('gateway', own);
      const port = /"port":(\d+)/.exec(program.output())?.[1];
      const gateway = gatewayAt(`http://127.0.0.1:${port}`, token, () => end(program));
      return { ...gateway, output: () => program.output() };
    },
    startWorker: () => startProgram('worker'),
    startHurried: async (dialectFolder) => {
      const config = testConfig(environment);
      const log = createLog('test', 'error');
      const metrics = createMetrics();
      const engine = await createEngine(config, { bus: inProcessBus(), log, metrics });
      const surface = await startSurface({ config, engine, metrics, log, dialectFolders: [dialectFolder] });
      return keep(
        gatewayAt(`http://127.0.0.1:${surface.port}`, token, async () => {
          await surface.stop();
          await engine.close();
        }),
      );
    },
  };
}

function gatewayAt(url: string, token: string | null, stop: () => Promise<void>): ProductGateway {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const wsUrl = url.replace('http', 'ws');
  return { url, api: new Api(url, token), open: (path) => TestSocket.open(wsUrl + path, { headers }), stop };
}

async function end(program: Program): Promise<void> {
  program.signal('SIGTERM');
  await program.ended;
}
