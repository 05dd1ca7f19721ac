/**
 * Sockets on any surface, native or a dialect's, that watch one run. What comes is kept as it comes, with its time, and
 * looked at afterwards: neither inflating nor parsing stands between a frame and the clock.
 */
import { setTimeout } from 'node:timers/promises';
import { constants, inflateRawSync } from 'node:zlib';
import { monotonicMs } from '../clock.ts';
import { LeanSocket } from '../lean-socket.ts';
import { readMark, readyMark } from '../speech-mark.ts';

export interface Line {
  /** Said once a frame has come that begins so; default: at once. */
  after?: string;
  text: string;
}

export interface Seat {
  port: number;
  path: string;
  /** What the client says as it has connected, in this order. */
  greeting: readonly Line[];
  count: number;
}

export interface Heard {
  /** A row for each tick: from its `sentAt` to each socket. */
  latencyMs: number[][];
  /** Of the run, at all sockets. */
  frames: number;
  /** Of a frame, on the wire. */
  meanBytes: number;
}

interface Taken {
  at: number;
  bytes: Buffer;
  isCompressed: boolean;
}

/** In portions: what a server may have waiting in its listen queue is bounded. */
const openAtOnce = 100;
/** Of Socket.IO alone: who does not answer it is let go of. */
const engineIoPing = Buffer.from('2');
/** Ends a message that was compressed alone. */
const deflateTail = Buffer.from([0, 0, 0xff, 0xff]);

export class Audience {
  private readonly sockets: LeanSocket[] = [];
  /** What each socket has got since it joined. */
  private readonly taken: Taken[][] = [];

  /** Resolves when every socket has been told that the speaker is ready. */
  async join(seat: Seat): Promise<void> {
    await this.open(seat, (bytes) => bytes.includes(readyMark));
    this.sockets.forEach((socket, index) => {
      const kept: Taken[] = [];
      this.taken[index] = kept;
      socket.onText = (bytes, isCompressed) => {
        kept.push({ at: monotonicMs(), bytes: Buffer.from(bytes), isCompressed });
      };
    });
  }

  /** `paths`: one for each socket. Resolves when each has been told something. */
  async wait({ port, paths, greeting }: { port: number; paths: readonly string[]; greeting: readonly Line[] }) {
    for (let at = 0; at < paths.length; at += openAtOnce) {
      const portion = paths.slice(at, at + openAtOnce);
      await Promise.all(portion.map((path) => this.openOne({ port, path, greeting }, () => true)));
    }
  }

  /** Waits until every socket has heard so many ticks. */
  async heard(ticks: number): Promise<Heard> {
    const rows = new Map<number, Map<number, number>>();
    let [frames, bytes] = [0, 0];
    const isComplete = () => rows.size >= ticks && [...rows.values()].every((row) => row.size === this.sockets.length);
    // Nothing is looked at while the run still speaks, but for the last tick, at one socket alone.
    const isOver = () => this.taken[0]?.some((frame) => readMark(textOf(frame))?.index === ticks - 1) === true;
    const giveUpAt = monotonicMs() + 60_000;
    let hasSpoken = false;
    while (!isComplete()) {
      if (monotonicMs() > giveUpAt) throw new Error(`${rows.size} of ${ticks} ticks have come`);
      await setTimeout(50);
      hasSpoken ||= isOver();
      if (!hasSpoken) continue;
      this.taken.forEach((kept, socket) => {
        for (const frame of kept.splice(0)) {
          frames++;
          bytes += frame.bytes.length;
          const found = readMark(textOf(frame));
          if (found === null) continue;
          const row = rows.get(found.index) ?? new Map<number, number>();
          rows.set(found.index, row);
          if (!row.has(socket)) row.set(socket, frame.at - found.sentAt);
        }
      });
    }
    const ordered = [...rows].toSorted(([a], [b]) => a - b);
    return { latencyMs: ordered.map(([, row]) => [...row.values()]), frames, meanBytes: bytes / frames };
  }

  /** Sockets that nobody has closed. */
  present(): number {
    return this.sockets.filter(({ isOpen }) => isOpen).length;
  }

  leave(): void {
    for (const socket of this.sockets.splice(0)) socket.close();
    this.taken.length = 0;
  }

  private async open({ port, path, greeting, count }: Seat, isIn: (text: Buffer) => boolean): Promise<void> {
    for (let open = 0; open < count; open += openAtOnce) {
      const portion = Math.min(openAtOnce, count - open);
      await Promise.all(Array.from({ length: portion }, () => this.openOne({ port, path, greeting }, isIn)));
    }
  }

  private async openOne({ port, path, greeting }: Omit<Seat, 'count'>, isIn: (text: Buffer) => boolean): Promise<void> {
    const joined = Promise.withResolvers<void>();
    const lines = [...greeting];
    const heard: string[] = [''];
    let socket: LeanSocket | null = null;
    const say = () => {
      const isDue = () => lines[0] && heard.some((frame) => frame.startsWith(lines[0]?.after ?? ''));
      if (socket) while (isDue()) socket.sendText(lines.shift()?.text ?? '');
    };
    const onText = (bytes: Buffer, isCompressed: boolean) => {
      const text = textOf({ bytes, isCompressed });
      if (text.includes('"ok":false') || text.includes('"type":"error"')) joined.reject(new Error(text.toString()));
      if (isIn(text)) joined.resolve();
      if (text.equals(engineIoPing)) socket?.sendText('3');
      heard.push(text.toString('latin1', 0, 10));
      say();
    };
    // Browsers offer compression, and so do these. A first frame may come with the handshake.
    socket = await LeanSocket.open(port, path, onText, { compresses: true });
    this.sockets.push(socket);
    say();
    await joined.promise;
  }
}

function textOf({ bytes, isCompressed }: Pick<Taken, 'bytes' | 'isCompressed'>): Buffer {
  if (!isCompressed) return bytes;
  return inflateRawSync(Buffer.concat([bytes, deflateTail]), { finishFlush: constants.Z_SYNC_FLUSH });
}
