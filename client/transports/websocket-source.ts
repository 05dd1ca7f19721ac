import { abortable } from '../abortable.ts';
import { FrameQueue } from '../frame-queue.ts';
import { readPush, type Frame, type Source } from '../frame.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import type { WebSocketPool } from './websocket-pool.ts';

/** Reads a run over a shared socket. A consumer that falls far behind gives its subscription back and opens it anew. */
export function webSocketSource(pool: WebSocketPool): Source {
  return async function* readWebSocket({ run, after, signal }) {
    const lease = await pool.lease(run, signal);
    const { connection } = lease;
    const queue = new FrameQueue<Frame>(() => void unsubscribe(connection, run));
    const sink = {
      push(push: Record<string, unknown>) {
        const frame = readPush(push);
        if (frame) queue.push(frame);
      },
      fail: (error: Error) => queue.fail(error),
    };
    try {
      connection.attach(run, sink);
      await abortable(connection.request('subscribe', { run, after }), signal);
      yield { kind: 'opened' };
      yield* queue.drain(signal);
    } finally {
      connection.detach(run, sink);
      // The key is free again only when the gateway has let go of it: what it still pushes until then is nobody's.
      void unsubscribe(connection, run).finally(() => lease.release());
    }
  };
}

async function unsubscribe(connection: WebSocketConnection, run: string): Promise<void> {
  if (!connection.isOpen) return;
  try {
    await connection.request('unsubscribe', { run });
  } catch (error) {
    // The connection ended meanwhile, or the gateway knows of no subscription: either way nothing is subscribed.
    void error;
  }
}
