/** Random runs of the deterministic blueprint `script`, and what ops do to them. Everything comes from the seed. */
import fc from 'fast-check';

export type Play =
  | { do: 'emit'; count: number; kind: string }
  | { do: 'ask' }
  | { do: 'delegate'; agent: 'scripted'; script: Play[] }
  | { do: 'fail'; attempts: number }
  | { do: 'update'; update: Record<string, string> };

export interface ActPlan {
  steps: { script: Play[] }[];
  /** Which step fails for good, by an input that the resumed run is given right; null: none. */
  failing: number | null;
  /** What is done once the run has ended, or stands at its first question. */
  act: 'retry' | 'resume' | 'reset' | 'fork';
  /** Of the steps there are then, which one is meant. */
  at: number;
  /** While it is open and asks, where it asks at all. */
  whileOpen: boolean;
  keepAnswers: boolean;
}

const leaf = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('emit' as const),
      count: fc.integer({ min: 1, max: 3 }),
      kind: fc.constant(''),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), attempts: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      update: fc.dictionary(fc.constantFrom('a', 'b'), fc.string({ maxLength: 8 })),
    }),
  },
);
const ask = fc.record({ do: fc.constant('ask' as const) });
const delegate = fc.record({
  do: fc.constant('delegate' as const),
  agent: fc.constant('scripted' as const),
  script: fc.array(fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: ask }), { maxLength: 2 }),
});
const action: fc.Arbitrary<Play> = fc.oneof(
  { weight: 5, arbitrary: leaf },
  { weight: 2, arbitrary: ask },
  { weight: 1, arbitrary: delegate },
);

export const actPlans: fc.Arbitrary<ActPlan> = fc
  .record({
    steps: fc.array(fc.record({ script: fc.array(action, { maxLength: 4 }) }), { minLength: 1, maxLength: 4 }),
    failing: fc.option(fc.nat(3)),
    act: fc.constantFrom('retry' as const, 'resume' as const, 'reset' as const, 'reset' as const, 'fork' as const),
    at: fc.nat(20),
    whileOpen: fc.boolean(),
    keepAnswers: fc.boolean(),
  })
  .map(({ steps, failing, ...plan }) => {
    const last = failing === null ? null : failing % steps.length;
    return {
      ...plan,
      failing: last,
      steps: steps.map(({ script }, index) => ({ script: script.map((play) => named(play, `s${index}`)) })),
    };
  });

/** Every emit says where it comes from. */
function named(play: Play, path: string): Play {
  if (play.do === 'emit') return { ...play, kind: path };
  return play.do === 'delegate' ? { ...play, script: play.script.map((inner) => named(inner, `${path}.d`)) } : play;
}

/** As the run is started: with the step that fails for good. */
export function brokenInput({ steps, failing }: ActPlan): { steps: { script: unknown[] }[] } {
  return {
    steps: steps.map(({ script }, index) =>
      index === failing ? { script: [...script, { do: 'fail', attempts: 99, code: 'invalid_input' }] } : { script },
    ),
  };
}

export function rightInput({ steps }: ActPlan): { steps: { script: unknown[] }[] } {
  return { steps };
}
