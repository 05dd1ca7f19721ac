/** A Temporal server of a test's own: to be killed, or tuned otherwise, without disturbing anybody. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../runtime/config.ts';
import type { DynamicValue } from '../../server/temporal/dynamic-config.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { startTemporal, type Temporal } from '../../server/temporal/start-temporal.ts';

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

export async function startOwnTemporal(settings: Readonly<Record<string, DynamicValue>> = {}): Promise<OwnTemporal> {
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
