/** What the agents of the bench say, with Baton and without. */
export interface Talk {
  /** Events, one signal each. */
  count: number;
  /** Between an event's acknowledgement and the next event. */
  gapMs: number;
  /** Filler of each event. */
  bytes: number;
}

export interface Tick {
  index: number;
  /** Monotonic clock of the machine. */
  sentAt: number;
  filler: string;
}

export function tick(index: number, sentAt: number, bytes: number): Tick {
  return { index, sentAt, filler: 'x'.repeat(bytes) };
}
