/** Who did what to the run, where the gateway or the log says so, as a sentence. Pure. */
const deeds: Readonly<Record<string, string>> = {
  'run.begun': 'has begun the run',
  'run.reset': 'has reset the run',
  'run.retried': 'has retried the run',
  'run.continued': 'has sent the next message',
  'run.cancelling': 'has cancelled the run',
  'run.terminated': 'has terminated the run',
  'run.paused': 'has paused the run',
  'run.unpaused': 'has unpaused the run',
  'step.paused': 'has paused a step',
  'step.unpaused': 'has unpaused a step',
  'step.retried': 'has retried a step now',
  'question.answered': 'has answered a question',
};

export interface Deed {
  by: string;
  /** Type of the event. */
  what: string;
  at: string;
  seq: number;
}

/** Of an error's details; null where it names nobody. */
export function deedOf(details: Readonly<Record<string, unknown>>): Deed | null {
  const { by, what, at, seq } = details;
  if (typeof by !== 'string' || typeof what !== 'string' || typeof at !== 'string') return null;
  return { by, what, at, seq: typeof seq === 'number' ? seq : 0 };
}

/** The first deed of anybody after the seq that was looked at; `marks` as a timeline has them. */
export function deedAfter(
  marks: readonly { seq: number; at: string; type: string; by: string | null }[],
  seq: number,
): Deed | null {
  const mark = marks.find((each) => each.seq > seq && each.by !== null && Object.hasOwn(deeds, each.type));
  return mark === undefined ? null : { by: mark.by ?? '', what: mark.type, at: mark.at, seq: mark.seq };
}

export function deedWords({ by, what }: Deed): string {
  return `${by} ${deeds[what] ?? `did ${what}`}`;
}
