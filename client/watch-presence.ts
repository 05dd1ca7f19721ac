/** Who else has a question open. Only a WebSocket tells: on the other transports it is not known, which is said as null. */
import { abortable } from './abortable.ts';
import { backoffMs, delay } from './backoff.ts';
import { BatonClientError, mayPassLater } from './errors.ts';
import { FrameQueue } from './frame-queue.ts';
import { presenceKey } from './transports/websocket-connection.ts';
import type { WebSocketPool } from './transports/websocket-pool.ts';
import type { Attendee } from './types.ts';
import type { WatchMeans } from './watch-run.ts';

export async function* watchPresence(
  means: WatchMeans,
  pool: WebSocketPool,
  place: { run: string; question: string },
  signal: AbortSignal,
): AsyncGenerator<Attendee[] | null, void, undefined> {
  let failures = 0;
  const leave = means.choice.enter();
  try {
    for (;;) {
      signal.throwIfAborted();
      const moved = means.choice.changed;
      const until = AbortSignal.any([signal, moved]);
      try {
        if (means.choice.current !== 'websocket') {
          yield null;
          await abortable(new Promise<never>(() => undefined), until);
        }
        for await (const others of told(pool, place, until)) {
          failures = 0;
          yield others;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (moved.aborted) continue;
        if (!(error instanceof BatonClientError) || !mayPassLater(error, failures, means)) throw error;
        yield null;
        failures++;
        // Whether there is a way at all, the watches of runs and lists find out.
        await delay(backoffMs(failures, Math.random()), signal);
      }
    }
  } finally {
    leave();
  }
}

async function* told(
  pool: WebSocketPool,
  { run, question }: { run: string; question: string },
  signal: AbortSignal,
): AsyncGenerator<Attendee[], void, undefined> {
  const key = presenceKey(run, question);
  const lease = await pool.lease(key, signal);
  const { connection } = lease;
  const news = new FrameQueue<Attendee[]>(() => connection.detach(key, sink));
  const sink = {
    push({ others }: Record<string, unknown>) {
      if (Array.isArray(others)) news.push(others as Attendee[]);
    },
    fail: (error: Error) => news.fail(error),
  };
  try {
    connection.attach(key, sink);
    await abortable(connection.request('open-question', { run, question }), signal);
    yield* news.drain(signal);
  } finally {
    connection.detach(key, sink);
    if (connection.isOpen) connection.request('close-question', { run, question }).catch(() => undefined);
    lease.release();
  }
}
