/**
 * One process that must be there: started, watched, started again when it ends.
 *
 *   starting ──ready──▶ up ──ends──▶ waiting ──delay──▶ starting
 *      └──fails (not the first time)──────▲
 *   stop(): from anywhere to stopped
 */
import { afterEnd, noBackoff } from './backoff.ts';

export interface RunningProcess {
  readonly pid: number;
  /** Where it listens; null where it does not. */
  readonly port: number | null;
  /** Resolves with how it ended, for people: "exit code 1", "SIGKILL". */
  readonly ended: Promise<string>;
  /** Orderly; resolves when it has ended. */
  stop(): Promise<void>;
  /** At once. */
  kill(): void;
}

export interface Part {
  readonly name: string;
  /** What runs now. */
  process(): { running: RunningProcess; startedAt: Date } | null;
  stop(): Promise<void>;
  kill(): void;
}

export interface PartOptions {
  name: string;
  /** Resolves when the process is ready; it has ended when this rejects. */
  start(previous: RunningProcess | null): Promise<RunningProcess>;
  /** One line for people. */
  say: (line: string) => void;
  /** What runs has changed. */
  changed: () => void;
}

/** Resolves when the process is ready for the first time; a first start that fails is not tried again. */
export async function keepRunning(options: PartOptions): Promise<Part> {
  const { name, say, changed } = options;
  let current: { running: RunningProcess; startedAt: Date } | null = null;
  let last: RunningProcess;
  let backoff = noBackoff;
  const stopping = new AbortController();

  const up = (running: RunningProcess): void => {
    current = { running, startedAt: new Date() };
    last = running;
    changed();
  };

  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted && current !== null) {
      const { running, startedAt } = current;
      const how = await running.ended;
      current = null;
      changed();
      if (stopping.signal.aborted) return;
      await again(`${name} (pid ${running.pid}) ended: ${how}`, Date.now() - startedAt.getTime());
    }
  };

  const again = async (what: string, upMs: number): Promise<void> => {
    let reason = what;
    let lived = upMs;
    while (!stopping.signal.aborted) {
      const { next, delayMs, loop } = afterEnd(backoff, lived);
      backoff = next;
      const loops = loop ? ` It keeps failing: ${next.quickEnds} times in a row, each soon after its start.` : '';
      say(`${reason}.${loops} Starting it again in ${delayMs} ms.`);
      await pause(delayMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        up(await options.start(last));
        return;
      } catch (error) {
        reason = `${name} did not start: ${error instanceof Error ? error.message : String(error)}`;
        lived = 0;
      }
    }
  };

  up(await options.start(null));
  const watching = watch();

  return {
    name,
    process: () => current,
    stop: async () => {
      stopping.abort();
      await current?.running.stop();
      await watching;
      // One that was just being started.
      await current?.running.stop();
    },
    kill: () => {
      stopping.abort();
      current?.running.kill();
    },
  };
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
