/** What the items of a bench play on: a tuned Temporal server of their own, and processes around it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { readConfig } from '../runtime/config.ts';
import { obtainServer } from '../server/temporal/obtain-server.ts';
import { startTemporal } from '../server/temporal/start-temporal.ts';
import type { BareMethods } from './parts/bare.ts';
import type { EngineMethods } from './parts/engine.ts';
import { startPart, type Part } from './parts/part.ts';

export interface Stage {
  /** Smaller everywhere: shows that the bench works, its figures mean little. */
  quick: boolean;
  /** Plain: without Baton's data converter. */
  client: Client;
  temporalAddress: string;
  temporalPid: number;
  /** Gateway and worker in one process. Started when first asked for, shared by the items. */
  engine(): Promise<Engine>;
  /** Another one, on the same data; whoever asks stops it. */
  anotherEngine(environment?: Record<string, string>): Promise<Engine>;
  /** A Temporal worker without Baton. */
  bare(): Promise<Part<BareMethods>>;
  /** Through the gateway. Resolves with the run's id. */
  startRun(blueprint: string, input: unknown, id?: string): Promise<string>;
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
  const started: Part<never>[] = [];
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    BATON_DATA_DIR: dataDir,
    BATON_PORT: '0',
    LOG_LEVEL: 'error',
  };
  const anotherEngine = async (more: Record<string, string> = {}): Promise<Engine> => {
    const part = await startPart<EngineMethods>('./engine.ts', { ...environment, ...more });
    started.push(part as unknown as Part<never>);
    return { part, port: await part.call('port') };
  };
  let engine: Promise<Engine> | null = null;
  let bare: Promise<Part<BareMethods>> | null = null;
  const startBare = async () => {
    const part = await startPart<BareMethods>('./bare.ts', environment);
    started.push(part as unknown as Part<never>);
    return part;
  };
  const engineOnce = () => (engine ??= anotherEngine());
  return {
    quick,
    client,
    temporalAddress: temporal.address,
    temporalPid: temporal.pid,
    engine: engineOnce,
    anotherEngine,
    bare: () => (bare ??= startBare()),
    startRun: async (blueprint, input, id) => {
      const { port } = await engineOnce();
      const response = await fetch(`http://127.0.0.1:${port}/v1/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ blueprint, input, ...(id === undefined ? {} : { id }) }),
      });
      if (response.status !== 201) throw new Error(`${blueprint} was not started: ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    close: async () => {
      await Promise.all(started.map((part) => part.stop()));
      await client.connection.close();
      await temporal.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
