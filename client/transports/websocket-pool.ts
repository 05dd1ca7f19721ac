/**
 * The sockets that watches share. Nearly always one: a second is opened only while two watches of the same run are on.
 * A socket that nobody uses any more is closed at once.
 */
import { abortable } from '../abortable.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

interface Entry {
  connection: Promise<WebSocketConnection>;
  keys: Set<string>;
}

export interface Lease {
  connection: WebSocketConnection;
  release(): void;
}

export class WebSocketPool {
  readonly #entries = new Set<Entry>();
  readonly #open: () => Promise<WebSocketConnection>;

  constructor(open: () => Promise<WebSocketConnection>) {
    this.#open = open;
  }

  /** A socket on which the key (a run's id, or a list's name) is free. Errors: unreachable, timeout. */
  async lease(key: string, signal: AbortSignal): Promise<Lease> {
    const entry = this.#entryFor(key);
    entry.keys.add(key);
    const release = () => {
      entry.keys.delete(key);
      if (entry.keys.size === 0) this.#drop(entry);
    };
    try {
      return { connection: await abortable(entry.connection, signal), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    for (const entry of this.#entries) this.#drop(entry);
  }

  #entryFor(key: string): Entry {
    for (const entry of this.#entries) if (!entry.keys.has(key)) return entry;
    const entry: Entry = { connection: this.#open(), keys: new Set() };
    this.#entries.add(entry);
    entry.connection
      .then((connection) => connection.ended)
      .catch((failedToOpen: unknown) => failedToOpen)
      .finally(() => this.#entries.delete(entry));
    return entry;
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry);
    entry.connection.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}
