/** What came to be of what was foretold, read from a log before an act and from what came after it. */
import type { RunEvent } from '../../protocol/schemas/event.ts';

export interface Repeated {
  /** Of the steps that had started before, those that started again. */
  steps: string[];
  /** Of the questions that had been asked before, how many were asked again; one that is answered by itself is not. */
  questions: number;
}

export function repeatedIn(before: readonly RunEvent[], after: readonly RunEvent[]): Repeated {
  const startedBefore = new Set(stepsStarted(before));
  const askedBefore = placesAsked(before);
  const askedAgain = placesAsked(after, ({ data }) => data['restored'] !== true);
  return {
    steps: stepsStarted(after)
      .filter((step) => startedBefore.has(step))
      .toSorted(),
    questions: [...askedAgain].filter((place) => askedBefore.has(place)).length,
  };
}

/** Each once, in the order in which they first began. */
export function stepsStarted(events: readonly RunEvent[]): string[] {
  const steps = events.flatMap(({ type, step }) => (type === 'agent.started' && step !== undefined ? [step] : []));
  return [...new Set(steps)];
}

/** Step and number within its newest call. */
function placesAsked(events: readonly RunEvent[], counts: (event: RunEvent) => boolean = () => true): Set<string> {
  const places = new Set<string>();
  const numbers = new Map<string, number>();
  for (const event of events) {
    const { type, step = '' } = event;
    if (type === 'agent.started') numbers.delete(step);
    if (type !== 'question.asked') continue;
    const number = numbers.get(step) ?? 0;
    numbers.set(step, number + 1);
    if (counts(event)) places.add(`${step} ${number}`);
  }
  return places;
}
