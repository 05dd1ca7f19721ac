/** A log's messages up to now, for requests that are answered once. */
import type { Feed, Runs } from '../engine.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Frame, Translator } from './translation.ts';
import { wholeEvent } from './whole-event.ts';

const pageEntries = 500;

/** Folds the log up to its `lastSeq` of this moment; `told` gets the frames of each event. Returns the state then. */
export async function readTranslated<State, Message>(
  feed: Feed,
  client: string,
  { translator, runs }: { translator: Translator<State, Message>; runs: Pick<Runs, 'blob'> },
  told: (frames: readonly Frame<Message>[], event: RunEvent) => void = () => undefined,
): Promise<State> {
  let state = translator.translation.initial({ id: feed.run, client });
  const until = feed.lastSeq;
  for (let after = 0; after < until;) {
    const { entries, gap } = await feed.read(after, pageEntries);
    for (const entry of entries) {
      const event = translator.needsWhole(entry) ? await wholeEvent(runs, feed.run, entry.event) : entry.event;
      const step = translator.step(state, entry, event);
      state = step.state;
      after = event.seq;
      told(step.frames, event);
    }
    if (entries.length === 0) after = gap ? gap.to : until;
  }
  return state;
}
