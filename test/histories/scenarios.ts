/** The runs whose histories are kept: each path through the supervisor once. Adding one: `npm run record-history`. */
import { anonymous, readToEnd, readUntil, type TestBaton } from '../harness/baton.ts';
import type { Question } from '../../protocol/schemas/question.ts';

export interface Scenario {
  name: string;
  /** Of a server of its own: how many entries a history has when continue-as-new is suggested. Default: the shared server's. */
  continuesAfter?: number;
  /** Played where no model is configured. */
  withoutModel?: true;
  /** Plays the run to its end, and returns its id. */
  play(baton: TestBaton, siteUrl: string): Promise<string>;
}

type Step = { script: unknown[] };

async function start(baton: TestBaton, steps: Step[], hold = false): Promise<string> {
  const command = { blueprint: 'script', input: { steps }, ...(hold ? { hold } : {}) };
  return (await baton.engine.runs.start(command, anonymous)).run.id;
}

/** The id of the run's question of that number. */
async function asked(baton: TestBaton, run: string, nth = 1): Promise<string> {
  let left = nth;
  const events = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked' && --left === 0);
  return (events.at(-1)?.data['question'] as Question).id;
}

async function atStep(baton: TestBaton, run: string, step: string): Promise<void> {
  await readUntil(baton.engine, run, (event) => event.type === 'agent.started' && event.step === step);
}

export const scenarios: Scenario[] = [
  {
    name: 'script-two-steps',
    play: (baton) => start(baton, [{ script: [{ do: 'emit', count: 3 }] }, { script: [{ do: 'emit', count: 2 }] }]),
  },
  {
    name: 'script-question-answered',
    play: async (baton) => {
      const run = await start(baton, [{ script: [{ do: 'ask' }, { do: 'emit', count: 1 }] }]);
      await baton.engine.runs.answer(run, await asked(baton, run), { yes: true }, anonymous);
      return run;
    },
  },
  {
    name: 'script-question-expired',
    play: (baton) => {
      const question = { timeoutMs: 300, onTimeout: { then: 'default', answer: { yes: false } } };
      return start(baton, [{ script: [{ do: 'ask', question }] }]);
    },
  },
  {
    name: 'script-delegation',
    play: (baton) => start(baton, [{ script: [{ do: 'delegate', agent: 'scripted', script: [{ do: 'emit', count: 1 }] }] }]),
  },
  {
    name: 'script-attempts-fail',
    play: (baton) => start(baton, [{ script: [{ do: 'emit', count: 1 }, { do: 'fail', attempts: 2 }] }]),
  },
  {
    name: 'script-fails',
    play: (baton) => start(baton, [{ script: [{ do: 'fail', attempts: 9, code: 'invalid_input' }] }]),
  },
  {
    name: 'script-cancelled',
    play: async (baton) => {
      const run = await start(baton, [{ script: [{ do: 'hold' }] }]);
      await atStep(baton, run, 'scripted#1');
      await baton.engine.runs.cancel(run, { reason: 'recorded' }, anonymous);
      return run;
    },
  },
  {
    name: 'script-held-then-begun',
    play: async (baton) => {
      const run = await start(baton, [{ script: [] }], true);
      await baton.engine.runs.begin(run, anonymous);
      return run;
    },
  },
  {
    name: 'script-reset-while-open',
    play: async (baton) => {
      const run = await start(baton, [{ script: [] }, { script: [{ do: 'wait', ms: 1_500 }] }]);
      await atStep(baton, run, 'scripted#2');
      await baton.engine.runs.reset(run, { step: 'scripted#2' }, anonymous);
      return run;
    },
  },
  {
    name: 'script-paused-between-steps',
    play: async (baton) => {
      const run = await start(baton, [{ script: [{ do: 'ask' }] }, { script: [{ do: 'emit', count: 1 }] }]);
      const question = await asked(baton, run);
      await baton.engine.runs.pause(run, {}, anonymous);
      await baton.engine.runs.answer(run, question, { yes: true }, anonymous);
      await readUntil(baton.engine, run, ({ type }) => type === 'agent.completed');
      await baton.engine.runs.unpause(run, {}, anonymous);
      return run;
    },
  },
  {
    name: 'script-step-paused',
    play: async (baton) => {
      const run = await start(baton, [{ script: [{ do: 'checkpoint', value: 1 }, { do: 'wait', ms: 1_500 }] }]);
      await atStep(baton, run, 'scripted#1');
      await baton.engine.runs.pause(run, { step: 'scripted#1' }, anonymous);
      await baton.engine.runs.unpause(run, { step: 'scripted#1' }, anonymous);
      return run;
    },
  },
  {
    name: 'script-reset-with-edits',
    play: async (baton) => {
      const run = await start(baton, [{ script: [] }, { script: [{ do: 'ask' }, { do: 'ask' }] }]);
      const first = await asked(baton, run);
      await baton.engine.runs.answer(run, first, { yes: true }, anonymous);
      await asked(baton, run, 2);
      const edits = { context: { limit: 3 }, results: { 'scripted#1': 'edited' }, keepAnswers: [first] };
      await baton.engine.runs.reset(run, { step: 'scripted#2', edits }, anonymous);
      await baton.engine.runs.answer(run, await asked(baton, run, 4), { yes: true }, anonymous);
      return run;
    },
  },
  {
    name: 'script-resumed',
    play: async (baton) => {
      const steps = [{ script: [] }, { script: [{ do: 'fail', attempts: 9, code: 'invalid_input' }] }];
      const run = await start(baton, steps);
      const failed = await readToEnd(baton.engine, run);
      const input = { steps: [{ script: [] }, { script: [] }] };
      await baton.engine.runs.resume(run, { edits: { input } }, anonymous);
      await readToEnd(baton.engine, run, { after: failed.length });
      return run;
    },
  },
  {
    name: 'script-retried',
    play: async (baton) => {
      const run = await start(baton, [{ script: [{ do: 'emit', count: 1 }] }]);
      await readToEnd(baton.engine, run);
      await baton.engine.runs.retry(run, anonymous);
      return run;
    },
  },
  {
    name: 'fan-out-three-branches',
    play: async (baton) => {
      const branches = [1, 2, 3].map((count) => ({ script: [{ do: 'emit', count }] }));
      return (await baton.engine.runs.start({ blueprint: 'fan-out', input: { branches } }, anonymous)).run.id;
    },
  },
  {
    name: 'routed-by-a-model',
    play: async (baton) => {
      const input = { task: 'play', script: [{ do: 'emit', count: 1 }] };
      return (await baton.engine.runs.start({ blueprint: 'routed', input }, anonymous)).run.id;
    },
  },
  {
    name: 'crawl-asks-at-its-limit',
    play: async (baton, url) => {
      const { run } = await baton.engine.runs.start({ blueprint: 'crawl', input: { url, maxPages: 3 } }, anonymous);
      await baton.engine.runs.answer(run.id, await asked(baton, run.id), { continue: true, maxPages: 50 }, anonymous);
      return run.id;
    },
  },
  {
    name: 'request-asks-first',
    play: async (baton) => {
      const input = { userQuery: 'calculate 6*7; summarize', context: { askFirst: true } };
      const { run } = await baton.engine.runs.start({ blueprint: 'request-rooms', input }, anonymous);
      await baton.engine.runs.answer(run.id, await asked(baton, run.id), 'metres', anonymous);
      return run.id;
    },
  },
  {
    name: 'mgx-tasks-cancelled-and-retried',
    play: async (baton) => {
      const command = { blueprint: 'mgx-tasks', input: { prompt: 'make a to-do app', testMode: true }, hold: true };
      const { run } = await baton.engine.runs.start(command, anonymous);
      await baton.engine.runs.begin(run.id, anonymous);
      await atStep(baton, run.id, 'mgx-architect#1');
      await baton.engine.runs.cancel(run.id, {}, anonymous);
      await readToEnd(baton.engine, run.id);
      await baton.engine.runs.message(run.id, command.input, anonymous, { hold: true });
      await baton.engine.runs.begin(run.id, anonymous);
      return run.id;
    },
  },
  {
    // What the model first says to it is of no use, so that its first attempt fails.
    name: 'mgx-tasks-role-repeated',
    play: async (baton) => {
      const command = { blueprint: 'mgx-tasks', input: { prompt: 'make a to-do app' }, hold: true };
      const { run } = await baton.engine.runs.start(command, anonymous);
      await baton.engine.runs.begin(run.id, anonymous);
      await readUntil(baton.engine, run.id, ({ type }) => type === 'agent.attempt_failed');
      return run.id;
    },
  },
  {
    name: 'ki-autoagent-revised-and-gone-on',
    withoutModel: true,
    play: async (baton) => {
      const { runs } = baton.engine;
      const wish = { message: 'build a note-taking service' };
      const { run } = await runs.start({ blueprint: 'ki-autoagent', input: wish }, anonymous);
      const revise = { decision: 'revise', feedback: 'add docs/usage.md' };
      await runs.answer(run.id, await asked(baton, run.id), revise, anonymous);
      await runs.answer(run.id, await asked(baton, run.id, 2), { decision: 'approve' }, anonymous);
      await readToEnd(baton.engine, run.id);
      await runs.message(run.id, { message: 'what is it?' }, anonymous);
      return run.id;
    },
  },
  {
    name: 'ki-autoagent-routed-by-a-model',
    play: async (baton) => {
      const input = { message: 'build a note-taking service' };
      const { run } = await baton.engine.runs.start({ blueprint: 'ki-autoagent', input }, anonymous);
      await baton.engine.runs.answer(run.id, await asked(baton, run.id), { decision: 'approve' }, anonymous);
      return run.id;
    },
  },
  {
    name: 'scam-analysis-checked',
    play: async (baton) => {
      const input = { text: 'URGENT: call +1 (900) 555-0147 or see http://paypal-login.example/' };
      return (await baton.engine.runs.start({ blueprint: 'scam-analysis', input }, anonymous)).run.id;
    },
  },
  {
    name: 'baton-verify-one-run',
    play: async (baton) => {
      const run = await start(baton, [{ script: [] }]);
      await readToEnd(baton.engine, run);
      const input = { runs: [run] };
      return (await baton.engine.runs.start({ blueprint: 'baton-verify', input }, anonymous)).run.id;
    },
  },
  {
    name: 'baton-bulk-retried',
    play: async (baton) => {
      const { runs } = baton.engine;
      const script = [{ do: 'fail', attempts: 9, code: 'invalid_input' }];
      const failed = [await start(baton, [{ script }]), await start(baton, [{ script }])];
      for (const run of failed) await readToEnd(baton.engine, run);
      const input = { action: 'retry', filter: { ids: failed } };
      return (await runs.start({ blueprint: 'baton-bulk', input }, anonymous)).run.id;
    },
  },
  {
    name: 'relay-published',
    play: async (baton) => {
      const run = `relay-${Date.now()}`;
      const publish = (text: string, more: object = {}) =>
        baton.engine.runs.publish(run, { kind: 'test.note', data: { text }, ...more }, anonymous);
      await publish('one', { progress: { fraction: 0.5, message: 'half' } });
      await publish('two', { requestId: 'twice' });
      await publish('two', { requestId: 'twice' });
      await publish('last', { end: { status: 'completed', result: { done: true } } });
      return run;
    },
  },
  {
    name: 'relay-continued-as-new',
    continuesAfter: 60,
    play: async (baton) => {
      const run = `relay-continued-${Date.now()}`;
      const publish = (text: string, more: object = {}) =>
        baton.engine.runs.publish(run, { kind: 'test.note', data: { text }, ...more }, anonymous);
      for (let index = 1; index <= 30; index++) await publish(`note ${index}`, { requestId: `r${index}` });
      // Taken by an execution before: told once all the same.
      await publish('note 30', { requestId: 'r30' });
      await publish('last', { end: { status: 'failed', message: 'out of luck' } });
      return run;
    },
  },
  {
    name: 'relay-cancelled',
    play: async (baton) => {
      const run = `relay-cancelled-${Date.now()}`;
      await baton.engine.runs.publish(run, { kind: 'test.note', data: {} }, anonymous);
      await baton.engine.runs.cancel(run, { reason: 'recorded' }, anonymous);
      return run;
    },
  },
];
