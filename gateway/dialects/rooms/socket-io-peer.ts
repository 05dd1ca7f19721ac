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

  /** As Socket.IO would encode it, but once for all who are in the room. */
  tell(frames: Parameters<SessionPeer['tell']>[0]): void {
    for (const { message, text } of frames) {
      this.write(`2["${message.type}",${text}]`);
      if (this.isCopied(message)) this.write(`2["progress",${text}]`);
    }
    this.dropIfBehind();
  }

  tellOwn(message: ServerMessage): void {
    if (!this.isOpen) return;
    this.onSent(1);
    this.socket.emit(message.type, message);
    if (this.isCopied(message)) {
      this.onSent(1);
      this.socket.emit('progress', message);
    }
    this.dropIfBehind();
  }

  private write(packet: string): void {
    if (!this.isOpen) return;
    this.onSent(1);
    this.socket.conn.write(packet);
  }

  private isCopied({ type }: ServerMessage): boolean {
    return this.isMirrored && type !== 'progress' && type !== 'state';
  }

  /** A client that is behind by more than a megabyte is cut off; it connects again by itself. */
  private dropIfBehind(): void {
    if (this.isOpen && this.queuedBytes() > dialectQueueBytes) this.socket.conn.close(true);
  }

  private queuedBytes(): number {
    // Only a WebSocket has one, which its types leave out.
    const { socket } = this.socket.conn.transport as { socket?: { getBufferedAmount(): number } };
    return this.keptBytes + (socket?.getBufferedAmount() ?? 0);
  }
}
