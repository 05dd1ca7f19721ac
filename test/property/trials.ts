/** How runs of a story are tried: ended, failed, at work, waiting, ended by somebody, and with attempts that fail. */
import { expect } from 'vitest';
import type { Question } from '../../protocol/schemas/question.ts';
import { readToEnd } from '../harness/baton.ts';
import { Api } from '../harness/gateway.ts';
import { testSize } from '../harness/test-size.ts';
import type { KnownStep, KnownStory } from './known-story.ts';
import { plannedFault, type Mischief } from './meddler.ts';
import { begin, lettersOf, live, newId, readLetters, stateOf, toEnd, toQuestionOrEnd, Watcher } from './played-run.ts';
import { tryAct, type Act } from './try-act.ts';

/** What is tried where not all is: from the seed. */
export type Some = <T>(all: readonly T[]) => readonly T[];

/** At full size all of them; else one. */
export function someBy(seed: number): Some {
  return (all) => (testSize === 'full' ? all : all.slice(seed % all.length).slice(0, 1));
}

export interface Trial {
  title: string;
  /** Default: on every story. */
  fits?: (story: KnownStory['story']) => boolean;
  /** Not on each slow story, but at full size. */
  isCostly?: true;
  run(play: KnownStory, some: Some): Promise<void>;
}

const commands = ['fork', 'reset'] as const;

export const trials: readonly Trial[] = [
  {
    title: 'ended: reset and fork at every step',
    run: async (play, some) => {
      for (const { step, reference } of play.steps) {
        for (const command of play.story.isSlow ? some(commands) : commands)
          await tryAct(play, play.run, { command, step }, { reference });
      }
      await play.watcher.expectWhole(await lettersOf(play, play.run));
      play.watcher[Symbol.dispose]();
    },
  },
  {
    title: 'failed at a step: resume, reset and fork',
    isCostly: true,
    run: async (play, some) => {
      for (const broken of some(play.steps)) {
        for (const mischief of some<Mischief>(['fails-before', 'fails-after'])) {
          const run = await failed(play, broken, mischief);
          using watcher = await Watcher.of(play, run);
          for (const { step, reference } of some(stepsUntil(play, broken)))
            await tryAct(play, run, { command: 'fork', step }, { reference });
          await tryAct(play, run, { command: 'resume' }, broken);
          for (const { step, reference } of some(stepsUntil(play, broken)))
            await tryAct(play, run, { command: 'reset', step }, { reference });
          await tryAct(play, run, { command: 'retry' }, some(stepsUntil(play, broken)).at(-1) as KnownStep);
          await watcher.expectWhole(await lettersOf(play, run));
        }
      }
    },
  },
  {
    title: 'at work in a step: reset and fork',
    isCostly: true,
    run: async (play, some) => {
      for (const held of some(play.steps)) {
        for (const { step, reference } of some(stepsUntil(play, held))) {
          const run = await atWork(play, held);
          using watcher = await Watcher.of(play, run);
          await tryAct(play, run, { command: 'fork', step }, { reference });
          play.meddler.relent(run, held.step);
          await tryAct(play, run, { command: 'reset', step }, { reference });
          await watcher.expectWhole(await lettersOf(play, run));
        }
      }
    },
  },
  {
    title: 'ended by somebody in a step: resume',
    isCostly: true,
    run: async (play, some) => {
      for (const held of some(play.steps)) {
        for (const command of some(['cancel', 'terminate'])) {
          const run = await atWork(play, held);
          play.meddler.relent(run, held.step);
          const { gateway } = play.world;
          const { lastSeq } = await stateOf(play, run);
          expect((await new Api(gateway.url).post(`/v1/runs/${run}/${command}`, {})).status).toBeLessThan(300);
          await readToEnd(gateway.baton.engine, run, { after: lastSeq });
          await tryAct(play, run, { command: 'resume' }, held);
        }
      }
    },
  },
  {
    title: 'reset to a step whose first attempt then fails',
    fits: ({ play }) => play === undefined,
    isCostly: true,
    run: async (play, some) => {
      for (const { step, reference } of some(play.steps)) {
        const run = newId(play);
        await live(play, run);
        void play.meddler.plan(run, step, 'stumbles');
        await tryAct(play, run, { command: 'reset', step }, { reference });
        play.meddler.relent(run, step);
      }
    },
  },
  {
    title: 'waiting for a person: reset and fork, and then with the answers that were given',
    fits: ({ answer }) => answer !== undefined,
    run: async (play, some) => {
      const asked = readLetters(await lettersOf(play, play.run)).find(({ type }) => type === 'question.asked');
      const until = play.steps.find(({ step }) => step === asked?.step) as KnownStep;
      // What expires by itself does not wait until something was tried.
      const isPatient = play.story.answer?.(asked?.data['question'] as Question) !== null;
      for (const { step, reference } of some(stepsUntil(play, until))) {
        const run = newId(play);
        await begin(play, run);
        using watcher = await Watcher.of(play, run);
        if (isPatient) {
          await toQuestionOrEnd(play, run, 0);
          for (const command of play.story.isSlow ? some(commands) : commands)
            await tryAct(play, run, { command, step }, { reference });
        }
        // Where it was not reset it waits still.
        if ((await stateOf(play, run)).endedAt === null) await toEnd(play, run, 0);
        const { lastSeq } = await stateOf(play, run);
        const kept: Act = { command: 'reset', step, edits: { keepAnswers: 'all' } };
        await tryAct(play, run, kept, { reference });
        // Kept answers may be kept again.
        if (testSize === 'full' || !play.story.isSlow) await tryAct(play, run, kept, { reference });
        const log = await lettersOf(play, run);
        const askedSince = readLetters(log).filter(({ seq, type }) => seq > lastSeq && type === 'question.asked');
        expect(askedSince.map(({ data }) => data['restored'])).toEqual(askedSince.map(() => true));
        await watcher.expectWhole(log);
      }
    },
  },
];

/** The steps that a run has which stands at this one. */
function stepsUntil({ steps }: KnownStory, { step }: KnownStep): readonly KnownStep[] {
  return steps.slice(0, steps.findIndex((other) => other.step === step) + 1);
}

async function failed(play: KnownStory, { step }: KnownStep, mischief: Mischief): Promise<string> {
  const run = newId(play);
  void play.meddler.plan(run, step, mischief);
  await live(play, run, { how: 'badly' });
  const code = play.story.play === undefined ? plannedFault : 'agent_failed';
  expect(await stateOf(play, run)).toMatchObject({ status: 'failed', error: { code } });
  play.meddler.relent(run, step);
  return run;
}

/** At work in that step, which it would never end. */
export async function atWork(play: KnownStory, { step }: KnownStep): Promise<string> {
  const run = newId(play);
  const met = play.meddler.plan(run, step, 'holds');
  await live(play, run, { until: step });
  if (play.story.play === undefined) await met;
  return run;
}
