/** What the agents of the bench say, with Baton and without. */
export interface Talk {
  /** Events in all. */
  count: number;
  /** Events that are said at once. */
  together: number;
  /** Between the acknowledgement of some and the next ones, in milliseconds. */
  gapMs: number;
  /** Filler of each event. */
  bytes: number;
}

export interface Tick {
  index: number;
  /** Monotonic clock of the machine, milliseconds. */
  sentAt: number;
  filler: string;
}

export function tick(index: number, sentAt: number, bytes: number): Tick {
  return { index, sentAt, filler: 'x'.repeat(bytes) };
}
