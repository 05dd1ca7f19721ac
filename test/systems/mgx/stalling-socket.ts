/** A client that stops reading its socket for a while. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

export class StallingSocket {
  /** The close code. */
  readonly closed: Promise<number>;
  private readonly ws: WebSocket;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    this.closed = new Promise((resolve) => ws.on('close', (code) => resolve(code)));
  }

  static async open(url: string, task: string): Promise<StallingSocket> {
    // Compressed, the filler would fit into the kernel's buffers.
    const ws = new WebSocket(`${url.replace('http', 'ws')}/ws/tasks/${task}`, { perMessageDeflate: false });
    const socket = new StallingSocket(ws);
    await once(ws, 'message');
    return socket;
  }

  stall(): void {
    this.tcp.pause();
  }

  resume(): void {
    this.tcp.resume();
  }

  private get tcp(): Socket {
    return (this.ws as unknown as { _socket: Socket })._socket;
  }
}
