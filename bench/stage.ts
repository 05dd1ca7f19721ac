/** What the items of a bench play on: a tuned Temporal server of their own, and processes around it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { readConfig } from '../runtime/config.ts';
import { obtainServer } from '../server/temporal/obtain-server.ts';
import { startTemporal } from '../server/temporal/start-temporal.ts';
import type { BareMethods } from './parts/bare.ts';
import type { ClientMethods } from './parts/clients.ts';
import type { EngineMethods } from './parts/engine.ts';
import { startPart, type Part } from './parts/part.ts';
import type { SenderMethods } from './parts/sender.ts';
import type { Methods } from './parts/serve-part.ts';

export interface Stage {
  /** Smaller everywhere: shows that the bench works, its figures mean little. */
  quick: boolean;
  /** Plain: without Baton's data converter. */
  client: Client;
  temporalPid: number;
  /** Gateway and worker in one process. Started when first asked for, shared by the items. */
  engine(): Promise<Engine>;
  /** Another one, on the same data; whoever asks stops it. */
  anotherEngine(environment?: Record<string, string>): Promise<Engine>;
  /** A Temporal worker without Baton. */
  bare(): Promise<Part<BareMethods>>;
  /** The load, in a process of its own. */
  clients(): Promise<Part<ClientMethods>>;
  /** A bare `ws` server. */
  sender(): Promise<Part<SenderMethods>>;
  /** Through the gateway. Resolves with the run's id. */
  startRun(blueprint: string, input: unknown, more?: { id?: string; hold?: boolean }): Promise<string>;
  begin(run: string): Promise<void>;
  /** Resolves when it is asked to end. */
  cancel(run: string): Promise<void>;
  /** Once it has completed. */
  resultOf(run: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Engine {
  part: Part<EngineMethods>;
  port: number;
}

export async function openStage({ quick }: { quick: boolean }): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const temporal = await startTemporal({ dataDir, port: 0, binary: await obtainServer(readConfig(process.env)) });
  const client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
  const stops: (() => Promise<void>)[] = [];
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    BATON_DATA_DIR: dataDir,
    BATON_PORT: '0',
    LOG_LEVEL: 'error',
  };
  const start = async <M extends Methods>(file: string, more: Record<string, string> = {}): Promise<Part<M>> => {
    const part = await startPart<M>(file, { ...environment, ...more });
    stops.push(() => part.stop());
    return part;
  };
  const anotherEngine = async (more: Record<string, string> = {}): Promise<Engine> => {
    const part = await start<EngineMethods>('./engine.ts', more);
    return { part, port: await part.call('port') };
  };
  const engine = once(anotherEngine);
  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const { port } = await engine();
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    const text = await response.text();
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  return {
    quick,
    client,
    temporalPid: temporal.pid,
    engine,
    anotherEngine,
    bare: once(() => start<BareMethods>('./bare.ts')),
    clients: once(() => start<ClientMethods>('./clients.ts')),
    sender: once(() => start<SenderMethods>('./sender.ts')),
    startRun: async (blueprint, input, more = {}) => String((await post('runs', { blueprint, input, ...more }))['id']),
    begin: async (run) => void (await post(`runs/${run}/begin`, {})),
    cancel: async (run) => void (await post(`runs/${run}/cancel`, {})),
    resultOf: (run) => client.workflow.getHandle(run).result(),
    close: async () => {
      await Promise.all(stops.map((stop) => stop()));
      await client.connection.close();
      await temporal.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
