/**
 * A WebSocket client that does next to nothing: a thousand of them in one process must not be what is measured.
 * Text frames only, no ping of its own. What comes compressed is handed on as it is.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A frame's text, as bytes, where it is not compressed: valid until the callback returns. */
export type OnText = (bytes: Buffer, isCompressed: boolean) => void;

const deflate = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

export class LeanSocket {
  onText: OnText;
  private readonly socket: Socket;
  private rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, onText: OnText) {
    this.socket = socket;
    this.onText = onText;
  }

  /** Rejects where it is not let in. `compresses`: offers to take compressed frames, each compressed alone. */
  static async open(
    port: number,
    path: string,
    onText: OnText = () => undefined,
    { compresses = false }: { compresses?: boolean } = {},
  ): Promise<LeanSocket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const key = randomBytes(16).toString('base64');
    const head = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Version: 13',
      ...(compresses ? [`Sec-WebSocket-Extensions: ${deflate}`] : []),
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const lean = new LeanSocket(socket, onText);
    await lean.handshake();
    return lean;
  }

  send(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(frame: string): void {
    const text = Buffer.from(frame);
    const header = text.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
    header[0] = 0x80 | opcodes.text;
    if (text.length < 126) header[1] = 0x80 | text.length;
    else {
      header[1] = 0x80 | 126;
      header.writeUInt16BE(text.length, 2);
    }
    // A mask of zeros leaves the text as it is.
    this.socket.write(Buffer.concat([header, text]));
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  close(): void {
    this.socket.destroy();
  }

  private async handshake(): Promise<void> {
    for (;;) {
      const [chunk] = (await once(this.socket, 'data')) as [Buffer];
      this.rest = Buffer.concat([this.rest, chunk]);
      const end = this.rest.indexOf('\r\n\r\n');
      if (end === -1) continue;
      const status = this.rest.toString('latin1', 9, 12);
      if (status !== '101') throw new Error(`not let in: ${this.rest.toString('latin1', 0, end)}`);
      const rest = this.rest.subarray(end + 4);
      this.rest = Buffer.alloc(0);
      this.socket.on('data', (bytes: Buffer) => this.take(bytes));
      this.socket.on('error', () => this.socket.destroy());
      if (rest.length > 0) this.take(rest);
      return;
    }
  }

  private take(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (;;) {
      const header = headerLength(bytes, at);
      if (header === 0) break;
      const length = payloadLength(bytes, at);
      const end = at + header + length;
      if (end > bytes.length) break;
      this.frame(bytes[at] ?? 0, bytes.subarray(at + header, end));
      at = end;
    }
    this.rest = bytes.subarray(at);
  }

  private frame(head: number, payload: Buffer): void {
    const opcode = head & 0x0f;
    if (opcode === opcodes.text) this.onText(payload, (head & 0x40) !== 0);
    else if (opcode === opcodes.ping) this.socket.write(Buffer.from([0x80 | opcodes.pong, 0x80, 0, 0, 0, 0]));
    else if (opcode === opcodes.close) this.socket.end();
  }
}

/** 0 where the header is not there in full. A server's frames are not masked. */
function headerLength(bytes: Buffer, at: number): number {
  if (bytes.length - at < 2) return 0;
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  const header = length < 126 ? 2 : length === 126 ? 4 : 10;
  return bytes.length - at < header ? 0 : header;
}

function payloadLength(bytes: Buffer, at: number): number {
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  if (length < 126) return length;
  return length === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}
