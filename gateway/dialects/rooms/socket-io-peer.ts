/** A client over Socket.IO: each message under its own name, and once more under `progress`, which old clients know. */
import type { Socket } from 'socket.io';
import { dialectQueueBytes } from '../../../protocol/limits.ts';
import type { ServerMessage } from './message.ts';
import type { SessionPeer } from './session.ts';

export class SocketIoPeer implements SessionPeer {
  private readonly socket: Socket;
  private readonly isMirrored: boolean;
  private readonly onSent: (count: number) => void;
  /** What Socket.IO itself keeps until the client polls. */
  private keptBytes = 0;

  constructor(socket: Socket, onSent: (count: number) => void) {
    this.socket = socket;
    this.isMirrored = socket.handshake.query['mirror'] !== '0';
    this.onSent = onSent;
    const { conn } = socket;
    conn.on('packetCreate', ({ data }: { data?: unknown }) => {
      if (typeof data === 'string') this.keptBytes += data.length;
    });
    conn.on('flush', () => {
      this.keptBytes = 0;
    });
  }

  get isOpen(): boolean {
    return this.socket.connected;
  }

  /** What a log of at most some dozen steps holds may all be on its way at once. */
  hasRoom(): boolean {
    return this.isOpen;
  }

  tell(frames: Parameters<SessionPeer['tell']>[0]): void {
    for (const { message } of frames) this.tellOwn(message);
  }

  /** A client that is behind by more than a megabyte is dropped; it connects again by itself. */
  tellOwn(message: ServerMessage): void {
    if (!this.isOpen) return;
    const { type } = message;
    this.socket.emit(type, message);
    const isCopied = this.isMirrored && type !== 'progress' && type !== 'state';
    if (isCopied) this.socket.emit('progress', message);
    this.onSent(isCopied ? 2 : 1);
    if (this.queuedBytes() > dialectQueueBytes) this.socket.conn.close(true);
  }

  private queuedBytes(): number {
    // Only a WebSocket has one, which its types leave out.
    const { socket } = this.socket.conn.transport as { socket?: { getBufferedAmount(): number } };
    return this.keptBytes + (socket?.getBufferedAmount() ?? 0);
  }
}
