/** A story as it is lived when nothing fails: what every other run of it is measured by. */
import { expect } from 'vitest';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { Story, World } from './blueprints/story.ts';
import { stepsStarted } from './foretold.ts';
import type { Meddler } from './meddler.ts';
import { lettersOf, live, newId, outcomeOf, readLetters, Watcher, type Play } from './played-run.ts';

export interface KnownStep {
  step: string;
  /** How a run that never failed stands after the message that the step belongs to. */
  reference: RunState;
}

export interface KnownStory extends Play {
  steps: readonly KnownStep[];
  /** A run that has ended well, and who has watched it from its beginning. */
  run: string;
  watcher: Watcher;
}

/** Lived twice, so that the story says all in which two runs differ that never failed. */
export async function knowStory(
  world: World,
  meddler: Meddler,
  { blueprint, story }: { blueprint: string; story: Story },
): Promise<KnownStory> {
  const messages = await story.messages(world);
  const play: Play = { world, meddler, blueprint, story, messages };
  const run = newId(play);
  const watching = Promise.withResolvers<Watcher>();
  const references = await live(play, run, { begun: async () => watching.resolve(await Watcher.of(play, run)) });
  expect(references).toMatchObject(messages.map(({ ends }) => ends));
  const steps = messages.flatMap((message, index) => {
    const reference = references[index] as RunState;
    return message.steps.map((step): KnownStep => ({ step, reference }));
  });
  expect(stepsStarted(readLetters(await lettersOf(play, run)))).toEqual(steps.map(({ step }) => step));
  const again = await live(play, newId(play));
  expect(again.map((state) => outcomeOf(play, state))).toEqual(references.map((state) => outcomeOf(play, state)));
  return { ...play, steps, run, watcher: await watching.promise };
}
