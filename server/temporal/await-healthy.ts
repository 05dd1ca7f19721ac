/** Waits until a Temporal server that was just started says that it serves. */
import { Connection } from '@temporalio/client';
import { describeExit, type ExitStatus, type GuardedProcess } from '../guard/guard.ts';
import { lastLines } from '../log-file.ts';

/** A start takes 0.4 to 3 s; a slow disk and a large file some more. */
const healthyDeadlineMs = 60_000;
const probeIntervalMs = 25;
const probeTimeoutMs = 1_000;

/** gRPC would wait for a second after the first refusal, longer than the server needs to start. */
const channelArgs = { 'grpc.initial_reconnect_backoff_ms': 25, 'grpc.max_reconnect_backoff_ms': 100 };

/** Of `grpc.health.v1.HealthCheckResponse`. */
const servingStatus = 1;

/** The server's process ended before it served. */
export class ServerEndedError extends Error {
  override readonly name = 'ServerEndedError';
}

/** Throws with the end of the server's log. */
export async function awaitHealthy(address: string, server: GuardedProcess, logFile: string): Promise<void> {
  const giveUpAt = Date.now() + healthyDeadlineMs;
  // No retries in the connection: each probe is one, and none may outlive it.
  const connection = Connection.lazy({ address, channelArgs, interceptors: [] });
  const because = async (what: string): Promise<string> =>
    `the Temporal server (pid ${server.pid}) ${what}. Its log, ${logFile}, ends:\n${await lastLines(logFile)}`;
  let end: ExitStatus | undefined;
  const ended = server.exited.then((status) => {
    end = status;
    return false;
  });
  try {
    for (;;) {
      if (await Promise.race([serves(connection), ended])) return;
      if (end !== undefined) throw new ServerEndedError(await because(`stopped at once (${describeExit(end)})`));
      if (Date.now() > giveUpAt)
        throw new Error(await because(`was not healthy within ${healthyDeadlineMs / 1_000} s`));
      await new Promise((resolve) => void setTimeout(resolve, probeIntervalMs));
    }
  } finally {
    await connection.close();
  }
}

async function serves(connection: Connection): Promise<boolean> {
  try {
    const service = 'temporal.api.workflowservice.v1.WorkflowService';
    const { status } = await connection.withDeadline(Date.now() + probeTimeoutMs, () =>
      connection.healthService.check({ service }),
    );
    return status === servingStatus;
  } catch {
    return false;
  }
}
