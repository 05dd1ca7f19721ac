/** Events that wait to be sent, in order. Pure: no clock, no I/O. */
import type { EventDraft } from '../protocol/schemas/event.ts';
import { batchEvents } from '../protocol/limits.ts';

export interface BacklogEntry {
  draft: EventDraft;
  /** UTF-8 JSON, with the comma that follows it. */
  bytes: number;
  /** False while its data is on the way to the blob store: nothing behind it may overtake it. */
  isReady: boolean;
  /** Its number among all events of the attempt. */
  place: number;
}

export class EmitBacklog {
  /** UTF-8 JSON of all that waits. */
  bytes = 0;
  private entries: BacklogEntry[] = [];
  private taken = 0;

  get count(): number {
    return this.entries.length - this.taken;
  }

  /** Infinite when nothing waits. */
  get headPlace(): number {
    return this.entries[this.taken]?.place ?? Number.POSITIVE_INFINITY;
  }

  get isHeadReady(): boolean {
    return this.entries[this.taken]?.isReady === true;
  }

  push(entry: BacklogEntry): void {
    this.entries.push(entry);
    this.bytes += entry.bytes;
  }

  /** Its data has been cut and stored. */
  settle(entry: BacklogEntry, draft: EventDraft, bytes: number): void {
    this.bytes += bytes - entry.bytes;
    Object.assign(entry, { draft, bytes, isReady: true });
  }

  /** It could not be stored: it is as if it had never been there. */
  withdraw(entry: BacklogEntry): void {
    this.entries = this.entries.filter((other, index) => index < this.taken || other !== entry);
    this.bytes -= entry.bytes;
  }

  /** The longest run of ready entries at the head that fits; at least one if the head is ready. */
  take(limits: { bytes: number; events?: number }): { drafts: EventDraft[]; bytes: number } {
    const drafts: EventDraft[] = [];
    let bytes = 0;
    for (; this.taken < this.entries.length && drafts.length < (limits.events ?? batchEvents); this.taken++) {
      const entry = this.entries[this.taken] as BacklogEntry;
      if (!entry.isReady || (drafts.length > 0 && bytes + entry.bytes > limits.bytes)) break;
      drafts.push(entry.draft);
      bytes += entry.bytes;
    }
    this.bytes -= bytes;
    if (this.taken > 1_000 || this.taken === this.entries.length) {
      this.entries = this.entries.slice(this.taken);
      this.taken = 0;
    }
    return { drafts, bytes };
  }
}
