/**
 * A Temporal server of a test's own: to be killed, or tuned otherwise, without disturbing anybody. The embedded one; in
 * `npm run test:postgres` one as it is deployed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readConfig } from '../../runtime/config.ts';
import type { DynamicValue } from '../../server/temporal/dynamic-config.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { startTemporal, type Temporal } from '../../server/temporal/start-temporal.ts';
import { serviceNames, startTemporalServices } from './temporal-services.ts';

export interface OwnTemporal {
  readonly address: string;
  /** What it keeps on the disk. */
  readonly dataDir: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same data and the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Settings = Readonly<Record<string, DynamicValue>>;

export function startOwnTemporal(settings: Settings = {}): Promise<OwnTemporal> {
  return inject('temporalKind') === 'services' ? startServices(settings) : startEmbedded(settings);
}

async function startServices(settings: Settings): Promise<OwnTemporal> {
  const server = await startTemporalServices({ settings });
  const { address, dataDir } = server;
  const all = serviceNames.map((name) => server.services[name]);
  return {
    address,
    dataDir,
    kill: async () => void (await Promise.all(all.map((service) => service.kill()))),
    restart: async () => void (await Promise.all(all.map((service) => service.start()))),
    stop: () => server.stop(),
  };
}

async function startEmbedded(settings: Settings): Promise<OwnTemporal> {
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-temporal-'));
  const binary = await obtainServer(readConfig(process.env));
  let server: Temporal = await startTemporal({ dataDir, port: 0, binary, settings });
  const { address, port } = server;
  return {
    address,
    dataDir,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    restart: async () => {
      server = await startTemporal({ dataDir, port, binary, settings });
    },
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
