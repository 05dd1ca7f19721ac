/** The embedded server's ports: the frontend's, and seven after it that only the server's own parts use. */
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface TemporalPorts {
  frontend: number;
  history: number;
  matching: number;
  worker: number;
  membership: { frontend: number; history: number; matching: number; worker: number };
}

/** In a row. */
export const temporalPortCount = 8;
const loopback = '127.0.0.1';

/** Below the range that operating systems hand out by themselves. */
const freeRange = { from: 10_000, to: 32_000 };

export class PortBusyError extends Error {
  override readonly name = 'PortBusyError';
}

export function derivePorts(frontend: number): TemporalPorts {
  return {
    frontend,
    history: frontend + 1,
    matching: frontend + 2,
    worker: frontend + 3,
    membership: { frontend: frontend + 4, history: frontend + 5, matching: frontend + 6, worker: frontend + 7 },
  };
}

/** Throws `PortBusyError` with the one sentence that people need. */
export async function checkPorts(frontend: number): Promise<TemporalPorts> {
  const remedy = 'choose another with --temporal-port or BATON_TEMPORAL_PORT';
  if (frontend + temporalPortCount - 1 > 65_535) {
    throw new PortBusyError(
      `Temporal's port ${frontend} leaves no room for the ${temporalPortCount - 1} ports after it; ${remedy}.`,
    );
  }
  const busy = await firstBusyPort(frontend);
  if (busy === frontend) throw new PortBusyError(`Port ${frontend}, Temporal's, is in use; ${remedy}.`);
  if (busy !== null) {
    throw new PortBusyError(
      `Port ${busy}, which Temporal needs besides its port ${frontend} (it takes ${frontend} to ` +
        `${frontend + temporalPortCount - 1}), is in use; ${remedy}.`,
    );
  }
  return derivePorts(frontend);
}

/** Eight free ports in a row, at a random place so that servers that start at once hardly meet. */
export async function freePorts(random: () => number = Math.random): Promise<TemporalPorts> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const span = freeRange.to - freeRange.from - temporalPortCount;
    const frontend = freeRange.from + Math.floor(random() * span);
    if ((await firstBusyPort(frontend)) === null) return derivePorts(frontend);
  }
  throw new PortBusyError(
    `Found no ${temporalPortCount} free ports in a row between ${freeRange.from} and ${freeRange.to}.`,
  );
}

async function firstBusyPort(frontend: number): Promise<number | null> {
  const all = Array.from({ length: temporalPortCount }, (_, offset) => frontend + offset);
  const free = await Promise.all(all.map((port) => isFree(port)));
  return all.find((_, index) => free[index] === false) ?? null;
}

/** A port that may not be bound (privileged) is as good as busy. */
export async function isFree(port: number, host = loopback): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen({ port, host, exclusive: true });
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
