/**
 * The port of the live bus: what travels beside the history. Losing any of it loses nothing durable.
 * In one process it is a pair of listener sets; between processes it will be NATS.
 */
import type { LiveFrame } from '../protocol/schemas/event.ts';
import type { Attendee } from '../protocol/schemas/presence.ts';

export type Hint = { kind: 'begun' | 'went_on'; run: string };

/** All who have a question open at one gateway; none: nobody has any more. Said again while it is so. */
export interface PresenceNote {
  gateway: string;
  run: string;
  question: string;
  open: Attendee[];
}

export interface LiveBus {
  /** Whether workers elsewhere reach this bus. If not, a gateway must poll heartbeats and visibility as well. */
  readonly reach: 'process' | 'cluster';
  publishLive(run: string, frame: LiveFrame): void;
  publishHint(hint: Hint): void;
  publishPresence(note: PresenceNote): void;
  onLive(listener: (run: string, frame: LiveFrame) => void): Disposable;
  onHint(listener: (hint: Hint) => void): Disposable;
  onPresence(listener: (note: PresenceNote) => void): Disposable;
  close(): Promise<void>;
}

export function inProcessBus(): LiveBus {
  const lives = new Set<(run: string, frame: LiveFrame) => void>();
  const hints = new Set<(hint: Hint) => void>();
  const presences = new Set<(note: PresenceNote) => void>();
  return {
    reach: 'process',
    publishLive: (run, frame) => {
      for (const listener of lives) listener(run, frame);
    },
    publishHint: (hint) => {
      for (const listener of hints) listener(hint);
    },
    publishPresence: (note) => {
      for (const listener of presences) listener(note);
    },
    onLive: (listener) => register(lives, listener),
    onHint: (listener) => register(hints, listener),
    onPresence: (listener) => register(presences, listener),
    close: async () => {
      lives.clear();
      hints.clear();
      presences.clear();
    },
  };
}

function register<T>(set: Set<T>, entry: T): Disposable {
  set.add(entry);
  return { [Symbol.dispose]: () => void set.delete(entry) };
}
