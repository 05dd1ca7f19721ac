/** What a random run does, and what is done to it. Everything comes from the seed; only moments are the machine's. */
import fc from 'fast-check';

export type Action =
  | { do: 'emit'; count: number; bytes: number; kind: string }
  | { do: 'progress'; fraction: number; message: string }
  | { do: 'wait'; ms: number }
  | { do: 'ask'; question: Record<string, unknown> }
  | { do: 'delegate'; agent: 'scripted'; script: Action[] }
  | { do: 'fail'; attempts: number }
  | { do: 'checkpoint'; value: unknown }
  | { do: 'update'; update: Record<string, unknown> };

export interface Script {
  script: Action[];
  resultBytes: number;
}

/** Done once, this long after the run is known to run. */
export type Disturbance =
  | { kind: 'cancel'; atMs: number; mode: 'graceful' | 'now' }
  /** Only the signal, as a gateway leaves it that dies before the native cancel; or only the native one. */
  | { kind: 'half-cancel'; atMs: number; half: 'signal' | 'native' }
  | { kind: 'reset'; atMs: number; step: number }
  | { kind: 'noise'; atMs: number; seed: number };

export interface RunPlan {
  blueprint: 'script' | 'fan-out';
  scripts: Script[];
  hold: boolean;
  /** Signals that are sent before the first worker runs. */
  early: ('noise' | 'answer' | 'cancel' | 'native cancel' | 'reset' | 'begin')[];
  disturbances: Disturbance[];
  /** How long a person thinks, and whether the answer is sent twice. */
  answerAfterMs: number;
  answerTwice: boolean;
  /** After the end. */
  next: 'nothing' | 'retry' | 'message' | 'reset';
}

const emit = fc.record({
  do: fc.constant('emit' as const),
  count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 20, max: 120 })),
  bytes: fc.oneof({ weight: 6, arbitrary: fc.nat(200) }, fc.nat(4_000), fc.constant(40_000)),
});
const quick = fc.oneof(
  { weight: 5, arbitrary: emit },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 120 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('progress' as const),
      fraction: fc.double({ min: -1, max: 2, noNaN: true }),
      message: fc.string({ maxLength: 20 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('checkpoint' as const), value: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      update: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string({ maxLength: 3_000 })),
    }),
  },
);
const fail = fc.record({ do: fc.constant('fail' as const), attempts: fc.integer({ min: 1, max: 2 }) });
const ask = fc.record({
  do: fc.constant('ask' as const),
  question: fc.oneof(
    fc.constant({}),
    fc.record({ answersNeeded: fc.integer({ min: 1, max: 3 }) }),
    // About as long as the answer takes: the two race.
    fc.record({
      timeoutMs: fc.integer({ min: 50, max: 400 }),
      onTimeout: fc.constantFrom(
        { then: 'default', answer: { yes: false } },
        { then: 'escalate', role: 'human', timeoutMs: 20_000 },
      ),
    }),
  ),
});
const delegate = fc.record({
  do: fc.constant('delegate' as const),
  agent: fc.constant('scripted' as const),
  script: fc.array(quick, { maxLength: 3 }),
});
const actions = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: quick },
    { weight: 1, arbitrary: fail },
    { weight: 1, arbitrary: ask },
    { weight: 1, arbitrary: delegate },
  ),
  { maxLength: 6 },
);
const script = fc.record({
  script: actions,
  resultBytes: fc.oneof({ weight: 5, arbitrary: fc.nat(100) }, fc.constant(31_000), fc.constant(70_000)),
});
const atMs = fc.nat(2_500);
const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  fc.record({
    kind: fc.constant('cancel' as const),
    atMs,
    mode: fc.constantFrom('graceful' as const, 'now' as const),
  }),
  fc.record({
    kind: fc.constant('half-cancel' as const),
    atMs,
    half: fc.constantFrom('signal' as const, 'native' as const),
  }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reset' as const), atMs, step: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('noise' as const), atMs, seed: fc.nat() }) },
);
const early = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('noise' as const, 'answer' as const, 'begin' as const) },
  { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'native cancel' as const, 'reset' as const) },
);

export const runPlans: fc.Arbitrary<RunPlan> = fc
  .record({
    blueprint: fc.constantFrom('script' as const, 'script' as const, 'fan-out' as const),
    scripts: fc.array(script, { minLength: 1, maxLength: 4 }),
    hold: fc.boolean(),
    early: fc.array(early, { maxLength: 3 }),
    disturbances: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Disturbance[]>([]) },
      { weight: 3, arbitrary: fc.array(disturbance, { minLength: 1, maxLength: 3 }) },
    ),
    answerAfterMs: fc.nat(400),
    answerTwice: fc.boolean(),
    next: fc.constantFrom(
      'nothing' as const,
      'nothing' as const,
      'retry' as const,
      'message' as const,
      'reset' as const,
    ),
  })
  .map((plan) => ({ ...plan, scripts: plan.scripts.map((each, index) => named(each, `s${index}`)) }));

/** Every emit has a kind of its own, so that an item of the log tells where it comes from. */
function named({ script: list, resultBytes }: { script: unknown[]; resultBytes: number }, path: string): Script {
  return { resultBytes, script: list.map((action, index) => nameAction(action as Action, `${path}.${index}`)) };
}

function nameAction(action: Action, path: string): Action {
  if (action.do === 'emit') return { ...action, kind: path };
  if (action.do !== 'delegate') return action;
  return { ...action, script: action.script.map((inner, index) => nameAction(inner, `${path}.${index}`)) };
}
