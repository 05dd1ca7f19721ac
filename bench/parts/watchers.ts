/** Sockets that watch one run, or listen to a server that just sends: when each tick came to each of them. */
import { setTimeout } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { LeanSocket } from '../lean-socket.ts';

export interface Arrivals {
  /** Index of each tick that any socket has seen, in the order of the rows of `latencyMs`. */
  indexes: number[];
  /** A row for each tick: from its `sentAt` to each socket, in milliseconds. */
  latencyMs: number[][];
  /** Wall clock of the first socket minus the server's `recordedAt`, both in whole milliseconds; empty without one. */
  recordedToClientMs: number[];
}

export class Watchers {
  private readonly sockets: LeanSocket[] = [];
  private readonly rows = new Map<number, number[]>();
  private recordedToClientMs: number[] = [];

  async open({ port, path, count }: { port: number; path: string; count: number }): Promise<void> {
    // In portions: what a server may have waiting in its listen queue is bounded.
    for (let open = 0; open < count; open += 100) {
      const portion = Array.from({ length: Math.min(100, count - open) }, () => LeanSocket.open(port, path));
      this.sockets.push(...(await Promise.all(portion)));
    }
    this.sockets.forEach((socket, index) => {
      socket.onText = (bytes) => this.arrived(bytes, index === 0);
    });
  }

  /** Resolves when every socket has its snapshot. */
  async subscribe(run: string): Promise<void> {
    const joined = this.sockets.map(
      (socket, index) =>
        new Promise<void>((resolve, reject) => {
          socket.onText = (bytes) => {
            if (bytes.includes('"ok":false')) reject(new Error(bytes.toString('utf8')));
            if (!bytes.includes('"kind":"snapshot"')) return;
            socket.onText = (later) => this.arrived(later, index === 0);
            resolve();
          };
          socket.send({ id: index, op: 'subscribe', run });
        }),
    );
    await Promise.all(joined);
  }

  /** Waits until every socket has seen so many ticks, and gives them out. */
  async arrivals(ticks: number): Promise<Arrivals> {
    const isComplete = () =>
      this.rows.size >= ticks && [...this.rows.values()].every((row) => row.length === this.sockets.length);
    const giveUpAt = monotonicMs() + 60_000;
    while (!isComplete()) {
      if (monotonicMs() > giveUpAt) throw new Error(`${this.rows.size} of ${ticks} ticks have come`);
      await setTimeout(20);
    }
    const indexes = [...this.rows.keys()];
    return { indexes, latencyMs: [...this.rows.values()], recordedToClientMs: this.recordedToClientMs };
  }

  closeAll(): void {
    for (const socket of this.sockets.splice(0)) socket.close();
    this.rows.clear();
    this.recordedToClientMs = [];
  }

  private arrived(bytes: Buffer, isFirst: boolean): void {
    const now = monotonicMs();
    const sentAt = numberAfter(bytes, '"sentAt":');
    if (Number.isNaN(sentAt)) return;
    const index = numberAfter(bytes, '"index":');
    const row = this.rows.get(index);
    if (row) row.push(now - sentAt);
    else this.rows.set(index, [now - sentAt]);
    const recordedAt = isFirst ? bytes.indexOf('"recordedAt":"') : -1;
    if (recordedAt === -1) return;
    const at = recordedAt + '"recordedAt":"'.length;
    this.recordedToClientMs.push(Date.now() - Date.parse(bytes.toString('latin1', at, at + 24)));
  }
}

function numberAfter(bytes: Buffer, key: string): number {
  const at = bytes.indexOf(key);
  if (at === -1) return Number.NaN;
  return Number.parseFloat(bytes.toString('latin1', at + key.length, at + key.length + 24));
}
