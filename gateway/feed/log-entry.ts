import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { LogEntry } from '../engine.ts';

/** An event with what it was encoded to: each codec encodes it once, however many watch. */
export class EncodedEntry implements LogEntry {
  readonly event: RunEvent;
  readonly json: string;
  private codec: string | null = null;
  private bytes: Uint8Array | null = null;
  private others: Map<string, Uint8Array> | null = null;

  constructor(event: RunEvent) {
    this.event = event;
    this.json = JSON.stringify(event);
  }

  /** What it takes in memory, roughly: the object, its JSON, one encoding. */
  get weight(): number {
    return this.json.length * 3 + 500;
  }

  /** One codec is the common case, so it costs two fields instead of a map. */
  encoded(codec: string, encode: (entry: LogEntry) => string): Uint8Array {
    if (this.codec === codec && this.bytes !== null) return this.bytes;
    const known = this.others?.get(codec);
    if (known) return known;
    const bytes = Buffer.from(encode(this));
    if (this.codec === null) {
      this.codec = codec;
      this.bytes = bytes;
    } else {
      this.others ??= new Map();
      this.others.set(codec, bytes);
    }
    return bytes;
  }
}
