/** How far a client has been told of a session: by the number it names, or by the log. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Frame } from '../translation.ts';
import { isNumbered, type KiMessage } from './message.ts';

export class Place {
  /** The client has what takes a number up to this one. */
  private readonly after: number;
  /** It has all that the log tells up to this seq. */
  private readonly afterSeq: number;

  constructor({ after = 0, afterSeq = 0 }: { after?: number; afterSeq?: number }) {
    this.after = after;
    this.afterSeq = afterSeq;
  }

  /**
   * Of an event's frames those that the client does not have yet. A frame without a number goes with the one before it
   * in the event, or else with the first: an event is told whole, so who has a number has that, too. What happens now
   * is always told: a number beyond the log hides nothing.
   */
  unseen(frames: readonly Frame<KiMessage>[], { seq }: RunEvent, isLive: boolean): readonly Frame<KiMessage>[] {
    if (seq <= this.afterSeq) return [];
    if (isLive) return frames;
    let number = frames.map(({ message }) => message).find(isNumbered)?.seq ?? Number.POSITIVE_INFINITY;
    return frames.filter(({ message }) => {
      if (isNumbered(message)) number = message.seq;
      return number > this.after;
    });
  }
}
