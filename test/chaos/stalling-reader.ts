/**
 * A socket that can stop reading, as a laptop whose lid is closed does: nothing is closed, and nothing is taken. Events are
 * compared byte by byte with what others got, and not kept.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const eventPrefix = Buffer.from('{"kind":"event"');

/** Frames of a run's events by seq - 1, put there by whichever reader gets them first. */
export type SharedLog = Buffer[];

export class StallingReader {
  /** The last seq that came. */
  seq = 0;
  /** What was wrong: the first few. */
  readonly faults: string[] = [];
  /** How often it had to connect again, because it was given up meanwhile. */
  reconnects = 0;
  isEnded = false;
  private readonly url: string;
  private readonly run: string;
  private readonly log: SharedLog;
  private ws: WebSocket | null = null;
  private isDone = false;

  constructor(url: string, run: string, log: SharedLog) {
    this.url = url;
    this.run = run;
    this.log = log;
  }

  /** Resolves when it is subscribed. */
  async connect(): Promise<void> {
    // Compressed, the filler of the events would fit into the kernel's buffers.
    const ws = new WebSocket(this.url, { perMessageDeflate: false });
    this.ws = ws;
    const subscribed = new Promise<void>((resolve, reject) => {
      ws.once('message', () => resolve());
      ws.once('close', (code) => reject(new Error(`the socket was closed with ${code}`)));
    });
    ws.on('message', (data: Buffer) => this.take(data));
    ws.on('close', () => void this.lost());
    ws.on('error', () => ws.terminate());
    await once(ws, 'open');
    ws.send(JSON.stringify({ id: 1, op: 'subscribe', run: this.run, after: this.seq }));
    await subscribed;
  }

  stall(): void {
    this.ws?.pause();
  }

  readOn(): void {
    this.ws?.resume();
  }

  close(): void {
    this.isDone = true;
    this.ws?.terminate();
  }

  private async lost(): Promise<void> {
    if (this.isDone) return;
    this.reconnects++;
    await this.connect().catch((error: unknown) => this.fault(`it could not connect again: ${String(error)}`));
  }

  private take(frame: Buffer): void {
    if (!frame.subarray(0, eventPrefix.length).equals(eventPrefix)) {
      const { kind } = JSON.parse(frame.toString('utf8')) as { kind?: string };
      if (kind === 'end') this.isEnded = true;
      if (kind === 'gap') this.fault(`a gap after ${this.seq}`);
      return;
    }
    const known = this.log[this.seq];
    if (known === undefined) {
      const { event } = JSON.parse(frame.toString('utf8')) as { event: { seq: number } };
      if (event.seq !== this.seq + 1) this.fault(`${event.seq} after ${this.seq}`);
      this.log.push(Buffer.from(frame));
    } else if (!known.equals(frame)) {
      this.fault(`another event than others got after ${this.seq}: ${frame.toString('utf8', 0, 200)}`);
    }
    this.seq++;
  }

  private fault(what: string): void {
    if (this.faults.length < 3) this.faults.push(what);
  }
}
