/**
 * A socket whose token is still being verified. It is upgraded at once, for uWebSockets.js may close a socket that is
 * upgraded in a later turn; the frames that come meanwhile wait, and a token that turns out wrong closes it.
 */
import { nativeFrameBytes } from '../../protocol/limits.ts';
import type { Identity } from '../auth/identity.ts';

export interface EarlyFrame {
  message: ArrayBuffer;
  isBinary: boolean;
}

export class Arrival {
  readonly identity: Promise<Identity>;
  /** Of the client: wrong tokens are counted against it. */
  readonly address: string;
  readonly via: string;
  isGone = false;
  private readonly frames: EarlyFrame[] = [];
  private bytes = 0;

  constructor(identity: Promise<Identity>, address: string, via: string) {
    this.identity = identity;
    this.address = address;
    this.via = via;
  }

  /** False where it is more than one frame may have. */
  hold(message: ArrayBuffer, isBinary: boolean): boolean {
    this.bytes += message.byteLength;
    // uWebSockets.js takes the message's memory back after this turn.
    this.frames.push({ message: message.slice(0), isBinary });
    return this.bytes <= nativeFrameBytes;
  }

  takeFrames(): EarlyFrame[] {
    return this.frames.splice(0);
  }
}
