/**
 * What ops do to random runs: the run ends as one that never failed, what was in the log before is unchanged, a watcher
 * sees no hole, and what was foretold is what then happens.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Edits, Foreseeable, Prediction } from '../../gateway/engine.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { anonymous, readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { readLog } from '../harness/read-log.ts';
import { rounds } from '../harness/test-size.ts';
import { repeatedIn, stepsStarted } from './foretold.ts';
import { actPlans, brokenInput, rightInput, type ActPlan } from './act-plan.ts';

const atOnce = 10;
const timeout = rounds(6, 40) * 60_000;
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);
const answer = { yes: true };

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'silent' } });
});
afterAll(() => baton.stop());

test(`${rounds(12, 200)} random cases (seed ${seed}): what is foretold is what then happens`, { timeout }, async () => {
  const plans = fc.sample(actPlans, { seed, numRuns: 200 });
  const seen = { repeats: 0, questions: 0, kept: 0 };
  // Few cases may be all of one kind: then there are more.
  const isEnough = (tried: number) => tried >= rounds(12, 200) && Math.min(...Object.values(seen)) > 0;
  for (let from = 0; from < plans.length && !isEnough(from); from += atOnce) {
    const lot = plans.slice(from, from + atOnce);
    for (const outcome of await Promise.allSettled(lot.map((plan) => foretold(plan, seen)))) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  }
  expect(Math.min(seen.repeats, seen.questions, seen.kept)).toBeGreaterThan(0);
});

test(
  `reset and fork at every step of ${rounds(3, 25)} random runs (seed ${seed}) end as a run that never failed`,
  { timeout },
  async () => {
    const plans = fc.sample(actPlans, { seed: seed + 1, numRuns: rounds(3, 25) });
    for (let from = 0; from < plans.length; from += atOnce)
      await Promise.all(plans.slice(from, from + atOnce).map(everyStep));
  },
);

async function foretold(plan: ActPlan, seen: { repeats: number; questions: number; kept: number }): Promise<void> {
  const { runs } = baton.engine;
  const run = (await runs.start({ blueprint: 'script', input: brokenInput(plan) }, anonymous)).run.id;
  const isOpen = plan.whileOpen && (plan.act === 'reset' || plan.act === 'fork');
  const before = isOpen ? await toQuestionOrEnd(run, 0) : await toEnd(run, 0);
  const command = commandOf(plan, before);
  if (command === null) return;
  const prediction = await runs.predict(run, command);
  const before2 = await readLog(baton.engine, run);
  const target = await act(run, command);
  const log = await toEnd(target, target === run ? before2.length : 0);
  if (target === run) expect((await readLog(baton.engine, run)).slice(0, before2.length)).toEqual(before2);
  await expectOutcome(target, plan);
  compare({ run, plan, prediction, before: before2, after: log });
  seen.repeats += prediction.repeats.length;
  seen.questions += prediction.questions.length;
  seen.kept += log.filter(({ data }) => data['restored'] === true).length;
}

function commandOf(plan: ActPlan, log: readonly RunEvent[]): Foreseeable | null {
  const steps = [
    ...new Set(log.flatMap(({ type, step }) => (type === 'agent.started' && step !== undefined ? [step] : []))),
  ];
  const step = steps[plan.at % steps.length];
  const edits: Edits = { input: rightInput(plan), ...(plan.keepAnswers ? { keepAnswers: 'all' as const } : {}) };
  if (plan.act === 'retry') return { command: 'retry' };
  if (plan.act === 'resume') return log.at(-1)?.type === 'run.failed' ? { command: 'resume', edits } : null;
  return step === undefined ? null : { command: plan.act, step, edits };
}

async function act(run: string, command: Foreseeable): Promise<string> {
  const { runs } = baton.engine;
  switch (command.command) {
    case 'retry':
      await runs.retry(run, anonymous);
      return run;
    case 'resume':
      await runs.resume(run, command, anonymous);
      return run;
    case 'reset':
      await runs.reset(run, command, anonymous);
      return run;
    case 'fork':
      return (await runs.fork(run, command, anonymous)).id;
    default:
      throw new Error(`${command.command} is not played here`);
  }
}

/** Of steps that had started before, exactly those that were foretold start again; of questions, those are asked again. */
function compare({
  run,
  plan,
  prediction,
  before,
  after,
}: {
  run: string;
  plan: ActPlan;
  prediction: Prediction;
  before: readonly RunEvent[];
  after: readonly RunEvent[];
}): void {
  const happened = repeatedIn(before, after);
  expect({
    run,
    act: plan.act,
    repeats: prediction.repeats.map(({ step }) => step).toSorted(),
    questions: prediction.questions.length,
  }).toEqual({
    run,
    act: plan.act,
    repeats: happened.steps,
    questions: happened.questions,
  });
}

async function everyStep(plan: ActPlan): Promise<void> {
  const { runs } = baton.engine;
  const run = (await runs.start({ blueprint: 'script', input: brokenInput(plan) }, anonymous)).run.id;
  let log = await toEnd(run, 0);
  const edits = { input: rightInput(plan) };
  for (const step of stepsStarted(log)) {
    const fork = await runs.fork(run, { step, edits }, anonymous);
    await toEnd(fork.id, 0);
    await expectOutcome(fork.id, plan);
    expect(await readLog(baton.engine, run)).toEqual(log);
    await runs.reset(run, { step, edits }, anonymous);
    await toEnd(run, log.length);
    await expectOutcome(run, plan);
    const whole = await readLog(baton.engine, run);
    expect(whole.slice(0, log.length)).toEqual(log);
    expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, index) => index + 1));
    log = whole;
  }
}

/** What a run of the right input comes to, without ever having failed. A retry keeps the input, and fails as before. */
async function expectOutcome(run: string, plan: ActPlan): Promise<void> {
  const state = await baton.engine.runs.state(run);
  if (plan.failing !== null && plan.act === 'retry' && state.from === null && state.status === 'failed') return;
  const { run: clean } = await baton.engine.runs.start({ blueprint: 'script', input: rightInput(plan) }, anonymous);
  await toEnd(clean.id, 0);
  const wanted = await baton.engine.runs.state(clean.id);
  expect({ run, status: state.status, context: nameless(state.context), result: nameless(state.result) }).toEqual({
    run,
    status: 'completed',
    context: nameless(wanted.context),
    result: nameless(wanted.result),
  });
}

/** Ids of questions tell where in the log they were asked: they differ. */
function nameless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'question' ? null : inner)) ?? 'null');
}

const endings = /^run\.(completed|failed|cancelled|terminated|timed_out)$/;

/** Answers whatever is asked. */
async function toEnd(run: string, after: number): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const more = await toQuestionOrEnd(run, after + events.length);
    events.push(...more);
    const newest = events.at(-1);
    if (newest === undefined || endings.test(newest.type)) return events;
    await baton.engine.runs.answer(run, (newest.data['question'] as Question).id, answer, anonymous);
  }
}

function toQuestionOrEnd(run: string, after: number): Promise<RunEvent[]> {
  const fits = ({ type, data }: RunEvent) =>
    endings.test(type) || (type === 'question.asked' && data['restored'] !== true);
  return readUntil(baton.engine, run, fits, { after, timeoutMs: 60_000 });
}
