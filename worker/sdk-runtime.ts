/** The SDK's process-wide runtime: its logs go into Baton's, and it leaves signals to the launcher. */
import { setFlagsFromString } from 'node:v8';
import { DefaultLogger, Runtime, type LogEntry, type Logger, type LogLevel } from '@temporalio/worker';
import { workerTellsMs } from '../protocol/limits.ts';
import type { Log } from '../runtime/log.ts';

/**
 * The SDK takes a stack trace of every promise in a workflow, for its `__stack_trace` query: about a third of the
 * worker's time for a step that does nothing. Contexts that begin from now on, the workflows', take so many frames
 * (10 by default): they still name the line of a fault. This thread's own traces stay as they are.
 */
const workflowStackFrames = 4;

let isInstalled = false;

/** Once in a process, before the first connection. */
export function installSdkRuntime(log: Log): void {
  if (isInstalled) return;
  isInstalled = true;
  setFlagsFromString(`--stack-trace-limit=${workflowStackFrames}`);
  Runtime.install({
    logger: sdkLogger(log.child({ part: 'temporal-sdk' })),
    shutdownSignals: [],
    workerHeartbeatInterval: workerTellsMs,
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}

const levels: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  // What is news to the SDK (a worker's state, a bundle) is detail to the operator of Baton.
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
};

export function sdkLogger(log: Log, least: LogLevel = 'INFO'): Logger {
  return new DefaultLogger(least, ({ level, message, meta }: LogEntry) => {
    const { error, ...rest } = meta ?? {};
    log[levels[level]]({ ...withoutTask(rest), ...(error === undefined ? {} : { err: error as unknown }) }, message);
  });
}

/** The SDK logs whole task inputs where one cannot be decoded: they may hold anything. */
function withoutTask(meta: Record<string, unknown>): Record<string, unknown> {
  const { task: _, taskEncoded: __, taskToken: ___, ...rest } = meta;
  return rest;
}
