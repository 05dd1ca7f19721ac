/**
 * The port of the live bus: what travels beside the history. Losing any of it loses nothing durable.
 * In one process it is a pair of listener sets; between processes it will be NATS.
 */
import type { LiveFrame } from '../protocol/schemas/event.ts';

export type Hint = { kind: 'begun' | 'went_on'; run: string };

export interface LiveBus {
  /** Whether workers elsewhere reach this bus. If not, a gateway must poll heartbeats and visibility as well. */
  readonly reach: 'process' | 'cluster';
  publishLive(run: string, frame: LiveFrame): void;
  publishHint(hint: Hint): void;
  onLive(listener: (run: string, frame: LiveFrame) => void): Disposable;
  onHint(listener: (hint: Hint) => void): Disposable;
  close(): Promise<void>;
}

export function inProcessBus(): LiveBus {
  const lives = new Set<(run: string, frame: LiveFrame) => void>();
  const hints = new Set<(hint: Hint) => void>();
  return {
    reach: 'process',
    publishLive: (run, frame) => {
      for (const listener of lives) listener(run, frame);
    },
    publishHint: (hint) => {
      for (const listener of hints) listener(hint);
    },
    onLive: (listener) => register(lives, listener),
    onHint: (listener) => register(hints, listener),
    close: async () => {
      lives.clear();
      hints.clear();
    },
  };
}

function register<T>(set: Set<T>, entry: T): Disposable {
  set.add(entry);
  return { [Symbol.dispose]: () => void set.delete(entry) };
}
