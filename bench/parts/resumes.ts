/** Clients that were away and come back, each with a cursor of its own, all at once. */
import { monotonicMs } from '../clock.ts';
import { LeanSocket } from '../lean-socket.ts';

export interface Resumes {
  /** From the first subscription to the last event of the last client. */
  allMs: number;
  /** Of each client, from the first subscription. */
  eachMs: number[];
  events: number;
  bytes: number;
  /** Clients that saw a hole or a double. */
  faulty: number;
  /** CPU time that the clients themselves took. */
  cpuMs: number;
}

/** The sockets are connected before the clock starts; the clients look at nothing but each event's seq. */
export async function resumeAll({
  port,
  run,
  cursors,
  lastSeq,
}: {
  port: number;
  run: string;
  cursors: number[];
  lastSeq: number;
}): Promise<Resumes> {
  const sockets: LeanSocket[] = [];
  for (let at = 0; at < cursors.length; at += 100) {
    const portion = cursors.slice(at, at + 100).map(() => LeanSocket.open(port, '/v1/ws'));
    sockets.push(...(await Promise.all(portion)));
  }
  const prefix = Buffer.from(`{"kind":"event","run":${JSON.stringify(run)},"event":{"seq":`);
  let faulty = 0;
  let bytes = 0;
  let events = 0;
  const cpuBefore = process.cpuUsage();
  const from = monotonicMs();
  const caughtUp = sockets.map((socket, index) => {
    let seq = cursors[index] ?? 0;
    let isFaulty = false;
    return new Promise<number>((resolve, reject) => {
      socket.onText = (frame) => {
        if (!startsWith(frame, prefix)) {
          if (frame.includes('"ok":false')) reject(new Error(frame.toString('utf8')));
          return;
        }
        events++;
        bytes += frame.length;
        const found = digitsAt(frame, prefix.length);
        if (found !== seq + 1 && !isFaulty) {
          isFaulty = true;
          faulty++;
        }
        seq = found;
        if (seq === lastSeq) resolve(monotonicMs() - from);
      };
      if (seq === lastSeq) resolve(0);
      socket.send({ id: index, op: 'subscribe', run, after: seq });
    });
  });
  const eachMs = await Promise.all(caughtUp);
  const allMs = monotonicMs() - from;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const socket of sockets) socket.close();
  return { allMs, eachMs, events, bytes, faulty, cpuMs: (user + system) / 1_000 };
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.length > prefix.length && bytes.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}

function digitsAt(bytes: Buffer, at: number): number {
  let value = 0;
  for (let index = at; ; index++) {
    const digit = (bytes[index] ?? 0) - 48;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
}
