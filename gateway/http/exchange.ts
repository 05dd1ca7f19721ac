/**
 * One request and its response on uWebSockets.js, whose objects break when they are used after the first turn (request)
 * or after the client has gone (response). Everything that touches them is here.
 */
import { STATUS_CODES } from 'node:http';
import { BatonError } from '../../protocol/errors.ts';
import { blobChunkBytes, refusedBodyLingerMs } from '../../protocol/limits.ts';
import type { HttpRequest, HttpResponse, us_socket_context_t } from '../uws.ts';
import type { Headers, Reply, StreamOut, WholeReply } from './reply.ts';
import { requestHeaders, type RequestHeader } from './route.ts';

export interface Handshake {
  key: string;
  protocol: string;
  extensions: string;
}

export class Exchange {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  /** It has two lengths: whoever stands in front may see another end of it than we do. */
  readonly isAmbiguous: boolean;
  readonly startedAt = performance.now();
  /** The status that was sent; 0 until then, and 499 where the client left first. */
  status = 0;
  /** Streams last as long as they last: their duration says nothing. */
  isStream = false;
  private readonly res: HttpResponse;
  private readonly headers: ReadonlyMap<RequestHeader, string>;
  private readonly params: readonly (string | undefined)[];
  private isOpen = true;
  private bodyBytes = 0;
  private isBodyDone = false;
  private bodyDone: (() => void) | null = null;
  private isInterrupted = false;
  private farewell: (() => void) | null = null;
  private readonly closers: (() => void)[] = [];
  private controller: AbortController | null = null;

  constructor(res: HttpResponse, req: HttpRequest, paramCount: number) {
    this.res = res;
    this.method = req.getMethod();
    this.path = req.getUrl();
    // The package's types leave out that there may be none.
    const search: string | undefined = req.getQuery();
    this.search = search ?? '';
    this.headers = new Map(requestHeaders.map((name) => [name, req.getHeader(name)]));
    this.isAmbiguous = hasTwoLengths(req);
    this.params = Array.from({ length: paramCount }, (_, index) => req.getParameter(index));
    res.onAborted(() => this.closed());
  }

  header(name: RequestHeader): string {
    return this.headers.get(name) ?? '';
  }

  /** Percent-decoded. Errors: invalid_request. */
  param(index: number, name: string): string {
    const raw = this.params[index] ?? '';
    try {
      return decodeURIComponent(raw);
    } catch (error) {
      throw new BatonError(
        'invalid_request',
        `${name}: ${raw} is not percent-encoded UTF-8`,
        { field: name },
        { cause: error },
      );
    }
  }

  get remoteAddress(): string {
    return this.isOpen ? Buffer.from(this.res.getRemoteAddressAsText()).toString() : '';
  }

  /** Fires when the client has gone, or on `interrupt`. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (!this.isOpen || this.isInterrupted) this.controller.abort();
    return this.controller.signal;
  }

  onClose(closed: () => void): void {
    if (this.isOpen) this.closers.push(closed);
    else closed();
  }

  /** The gateway stops, or the token has expired: whoever waits answers now, a stream says goodbye. */
  interrupt(): void {
    this.isInterrupted = true;
    this.controller?.abort();
    this.farewell?.();
  }

  /** Reads the body; must be called in the first turn. Errors: body_too_large, told as soon as it is known. */
  readBody(limitBytes: number): Promise<Uint8Array> {
    const declared = Number(this.header('content-length'));
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let isRefused = false;
      const refuse = () => {
        isRefused = true;
        chunks.length = 0;
        reject(new BatonError('body_too_large', `a body may have ${limitBytes} bytes`, { limitBytes }));
      };
      if (declared > limitBytes) refuse();
      this.res.onData((chunk, isLast) => {
        this.isBodyDone = isLast;
        this.bodyBytes += chunk.byteLength;
        if (isLast) this.bodyDone?.();
        if (isRefused) return;
        if (this.bodyBytes > limitBytes) refuse();
        else {
          // uWebSockets.js takes the chunk's memory back after this turn.
          chunks.push(new Uint8Array(chunk.slice(0)));
          if (isLast) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
        }
      });
      this.onClose(() => reject(new BatonError('request_timeout', 'the body did not arrive')));
    });
  }

  /** Sends the reply; one after the client has gone goes nowhere. */
  send(reply: Reply, headers: Headers, closesConnection: boolean): void {
    if (this.isOpen) this.sendOpen(reply, { ...headers, ...reply.headers }, closesConnection);
    // A stream that nobody takes is opened all the same: it finds its end closed and lets go of what it holds.
    else if (reply.kind === 'stream') reply.open(this.streamOut());
  }

  private sendOpen(reply: Reply, all: Headers, closesConnection: boolean): void {
    this.status = reply.status;
    if (this.method === 'head') this.sendHead(reply, all, closesConnection);
    else if (reply.kind === 'stream') this.sendStream(reply, all);
    else if (reply.kind === 'bytes') void this.sendBytes(reply, all);
    else this.sendWhole(reply, all, closesConnection);
  }

  /**
   * Answers while the client is still sending, and throws away what it sends for a moment, so that one that reads only
   * afterwards gets the answer. Then the answer ends; a client that goes on sending is cut off.
   */
  sendRefusal(reply: WholeReply, headers: Headers): void {
    if (!this.isOpen) return;
    this.status = reply.status;
    this.res.cork(() => {
      this.writeHead(reply.status, reply.type, { ...headers, ...reply.headers, connection: 'close' });
      this.res.write(reply.body);
    });
    // What was on its way already does not count as sending on.
    let bytesBefore = this.bodyBytes;
    const look = setTimeout(() => (bytesBefore = this.bodyBytes), refusedBodyLingerMs / 2);
    const end = () => {
      clearTimeout(look);
      clearTimeout(late);
      if (!this.isOpen) return;
      if (this.isBodyDone || this.bodyBytes === bytesBefore) this.res.cork(() => this.res.end());
      else this.res.close();
      this.closed();
    };
    const late = setTimeout(end, refusedBodyLingerMs);
    this.bodyDone = end;
    if (this.isBodyDone) end();
  }

  /** In the first turn only. Hands the connection over to the WebSocket; nothing more can be sent here. */
  upgrade(userData: object, { key, protocol, extensions }: Handshake, context: us_socket_context_t): void {
    if (!this.isOpen) return;
    this.status = 101;
    this.isStream = true;
    this.isOpen = false;
    this.res.upgrade(userData, key, protocol, extensions, context);
  }

  /** Ends the connection as it is. */
  breakOff(): void {
    if (this.isOpen) this.res.close();
  }

  private writeHead(status: number, type: string | null, headers: Headers): void {
    this.res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
    if (type !== null) this.res.writeHeader('content-type', type);
    this.res.writeHeader('x-content-type-options', 'nosniff');
    for (const [name, value] of Object.entries(headers)) this.res.writeHeader(name, value);
  }

  private sendHead(reply: Reply, headers: Headers, closesConnection: boolean): void {
    this.res.cork(() => {
      this.writeHead(reply.status, reply.type, headers);
      if (reply.kind === 'stream') this.res.endWithoutBody();
      else {
        const length = reply.kind === 'bytes' ? reply.length : Buffer.byteLength(reply.body);
        this.res.endWithoutBody(length, closesConnection);
      }
    });
    this.closed();
    if (reply.kind === 'stream') reply.open(this.streamOut());
  }

  private sendWhole(reply: WholeReply, headers: Headers, closesConnection: boolean): void {
    this.res.cork(() => {
      this.writeHead(reply.status, reply.type, headers);
      // Without an argument: such an answer has no length at all.
      if (reply.status === 204 || reply.status === 304) this.res.endWithoutBody();
      else this.res.end(reply.body, closesConnection);
    });
    this.closed();
  }

  private async sendBytes(reply: Reply & { kind: 'bytes' }, headers: Headers): Promise<void> {
    const { length, read } = reply;
    if (length === 0) {
      this.sendWhole({ kind: 'whole', status: reply.status, headers: {}, type: reply.type, body: '' }, headers, false);
      return;
    }
    try {
      for (let from = 0; from < length && this.isOpen; from += blobChunkBytes) {
        const chunk = await read(from, Math.min(from + blobChunkBytes, length));
        if (!this.isOpen) return;
        await this.sendChunk(
          chunk,
          length,
          from === 0 ? () => this.writeHead(reply.status, reply.type, headers) : null,
        );
      }
    } catch {
      // The status is sent already: only a broken connection can still say that bytes are missing.
      if (this.isOpen) this.res.close();
    }
  }

  /** Resolves when the chunk is on its way, or the client has gone. */
  private sendChunk(chunk: Uint8Array, totalBytes: number, writeHead: (() => void) | null): Promise<void> {
    return new Promise((resolve) => {
      const start = this.res.getWriteOffset();
      const attempt = (offset: number): boolean => {
        let isTaken = false;
        this.res.cork(() => {
          const [ok, isEnd] = this.res.tryEnd(chunk.subarray(offset - start), totalBytes);
          isTaken = ok || isEnd;
          if (isEnd) this.closed();
        });
        if (isTaken) resolve();
        return isTaken;
      };
      this.onClose(resolve);
      this.res.onWritable((offset) => (this.isOpen ? attempt(offset) : true));
      if (writeHead) this.res.cork(writeHead);
      attempt(start);
    });
  }

  private sendStream(reply: Reply & { kind: 'stream' }, headers: Headers): void {
    this.isStream = true;
    this.res.cork(() => this.writeHead(reply.status, reply.type, headers));
    reply.open(this.streamOut());
  }

  private streamOut(): StreamOut {
    return {
      write: (text) => {
        let hasRoom = true;
        if (this.isOpen)
          this.res.cork(() => {
            hasRoom = this.res.write(text);
          });
        return hasRoom;
      },
      cork: (write) => {
        if (this.isOpen) this.res.cork(write);
      },
      end: () => {
        if (!this.isOpen) return;
        this.res.cork(() => this.res.end());
        this.closed();
      },
      breakOff: () => this.breakOff(),
      onDrain: (drained) => {
        if (!this.isOpen) return;
        this.res.onWritable(() => {
          drained();
          return true;
        });
      },
      onClose: (closed) => this.onClose(closed),
      onFarewell: (farewell) => {
        this.farewell = farewell;
        if (this.isInterrupted) farewell();
      },
    };
  }

  private closed(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.status === 0) this.status = 499;
    this.controller?.abort();
    for (const closer of this.closers.splice(0)) closer();
  }
}

export function hasTwoLengths(req: HttpRequest): boolean {
  if (req.getHeader('content-length') === '') return false;
  let count = 0;
  req.forEach((name) => {
    if (name === 'content-length') count++;
  });
  return count > 1;
}
