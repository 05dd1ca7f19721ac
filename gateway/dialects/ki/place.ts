/** How far a client has been told of a session: by the number it names, or by the log. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Frame } from '../translation.ts';
import { isNumbered, type KiMessage } from './message.ts';

export class Place {
  /** The client has what takes a number up to this one. */
  private readonly after: number;
  /** It has all that the log tells up to this seq. */
  private readonly afterSeq: number;
  /** The last number that went by. */
  private position = 0;

  constructor({ after = 0, afterSeq = 0 }: { after?: number; afterSeq?: number }) {
    this.after = after;
    this.afterSeq = afterSeq;
  }

  /**
   * Of an event's frames those that the client does not have yet. A frame without a number stands behind the last one
   * that has one; a copy goes with what it copies. What happens now is always told: a number beyond the log hides nothing.
   */
  unseen(frames: readonly Frame<KiMessage>[], { seq }: RunEvent, isLive: boolean): readonly Frame<KiMessage>[] {
    const isKnown = seq <= this.afterSeq;
    return frames.filter(({ message }) => {
      if (isNumbered(message)) this.position = message.seq;
      if (isKnown) return false;
      if (isLive) return true;
      return isNumbered(message) || message.type === 'progress'
        ? this.position > this.after
        : this.position >= this.after;
    });
  }
}
