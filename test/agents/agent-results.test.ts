import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventDataBytes, updateBytes } from '../../protocol/limits.ts';
import { asStoredData, resolveValue, storeValue } from '../../stores/blobs/stored-data.ts';
import { AgentBench, testAgent } from './agent-bench.ts';

let bench: AgentBench;
const agents = [
  testAgent('greeter', async (ctx, input) => {
    ctx.progress(0.5, 'half way');
    await ctx.emit('greeting', { to: input });
    await ctx.emit('greeting', { to: 'all' });
    return { done: { hello: input }, update: { greeted: true }, message: 'greeted', goto: 'end' };
  }),
  testAgent('teller', async (ctx, input) => ({
    done: {
      run: ctx.run,
      step: ctx.step,
      attempt: ctx.attempt,
      key: ctx.idempotencyKey,
      owner: ctx.owner,
      instructions: ctx.instructions,
      context: ctx.context,
      returned: ctx.returned,
      resumedFrom: ctx.resumedFrom,
      input,
    },
  })),
  testAgent('asker', async (ctx) => {
    ctx.progress(0.3, 'asking');
    ctx.checkpoint({ page: 7 });
    return { ask: { kind: 'limit', message: 'go on?', answerSchema: { type: 'boolean' } } };
  }),
  testAgent('delegator', async () => ({ delegate: { agent: 'research', instructions: 'look', input: { q: 'x' } } })),
  testAgent('sizer', async (_, input) => ({ done: 'x'.repeat(Number(input)) })),
  testAgent('updater', async (_, input) => ({ done: null, update: { text: 'x'.repeat(Number(input)) } })),
  testAgent('strict', async () => ({ done: { count: 'many' } }), {
    input: z.object({ url: z.url() }),
    output: z.object({ count: z.number() }),
  }),
  testAgent('odd', async (_, input) => input as never),
  testAgent('empty', async () => ({ done: undefined })),
];

beforeAll(async () => {
  bench = await AgentBench.start(agents);
});
afterAll(() => bench.stop());

test('an agent gives its result, and its events are in the log before that', async () => {
  const handle = await bench.begin('greeter', { input: 'Ada' });
  const result = await handle.result();
  expect(result.outcome).toMatchObject({
    kind: 'done',
    result: { hello: 'Ada' },
    resultBytes: 15,
    update: { greeted: true },
    message: 'greeted',
    goto: 'end',
    attempt: 1,
    progress: 0.5,
  });
  expect(result.outcome?.emitted.signals).toBe(result.accepted.length);
  const events = await bench.events(result, handle.workflowId);
  expect(events).toMatchObject([
    { type: 'agent.emitted', agent: 'greeter', step: 'greeter#1', attempt: 1, data: { kind: 'greeting', to: 'Ada' } },
    { data: { kind: 'greeting', to: 'all' } },
  ]);
  expect(result.refused).toBe(0);
});

test('an agent is given all that its task holds', async () => {
  const handle = await bench.begin('teller', {
    step: 'teller#3',
    attemptBase: 2,
    instructions: 'tell',
    input: [1],
    context: { a: 1 },
    owner: 'ada',
    checkpoint: { at: 5 },
    returned: [{ kind: 'delegation', agent: 'research', result: 42 }],
  });
  const { outcome } = await handle.result();
  const run = handle.workflowId;
  expect(outcome).toMatchObject({
    result: {
      run,
      step: 'teller#3',
      attempt: 3,
      key: `${run}/teller#3`,
      owner: 'ada',
      instructions: 'tell',
      context: { a: 1 },
      returned: [{ kind: 'delegation', agent: 'research', result: 42 }],
      resumedFrom: { at: 5 },
      input: [1],
    },
    checkpoint: { at: 5 },
  });
});

test('a question comes out with the checkpoint, so that the agent goes on where it was', async () => {
  const { outcome } = await bench.run('asker');
  expect(outcome).toMatchObject({
    kind: 'ask',
    question: { kind: 'limit', message: 'go on?', answerSchema: { type: 'boolean' } },
    checkpoint: { page: 7 },
    progress: 0.3,
  });
});

test('a delegation comes out with its instructions and input', async () => {
  const { outcome } = await bench.run('delegator');
  expect(outcome).toMatchObject({ kind: 'delegate', agent: 'research', instructions: 'look', input: { q: 'x' } });
});

test('a result over 32 KiB is stored and stands in the outcome as preview and blob', async () => {
  const handle = await bench.begin('sizer', { input: 3_000_000 });
  const { outcome } = await handle.result();
  if (outcome?.kind !== 'done') throw new Error('not done');
  expect(outcome.resultBytes).toBe(3_000_002);
  expect(asStoredData(outcome.result)?.blob.bytes).toBe(3_000_002);
  expect(await resolveValue(bench.store, handle.workflowId, outcome.result)).toBe('x'.repeat(3_000_000));
});

test('a result of exactly 32 KiB of JSON is not stored', async () => {
  const { outcome } = await bench.run('sizer', { input: eventDataBytes - 2 });
  expect(outcome).toMatchObject({ resultBytes: eventDataBytes, result: 'x'.repeat(eventDataBytes - 2) });
});

test('stored inputs and delegated results are whole again when the agent sees them', async () => {
  const run = 'stored-inputs';
  const large = { text: 'y'.repeat(50_000) };
  const stored = await storeValue(bench.store, run, large);
  const { outcome } = await bench.run('teller', {
    run,
    input: stored.value,
    returned: [{ kind: 'delegation', agent: 'research', result: stored.value }],
  });
  if (outcome?.kind !== 'done') throw new Error('not done');
  const told = (await resolveValue(bench.store, run, outcome.result)) as Record<string, unknown>;
  expect(told).toMatchObject({ input: large, returned: [{ result: large }] });
});

test('an update over 32 KiB fails the step at once as update_too_large', async () => {
  const { failure, accepted } = await bench.run('updater', { input: updateBytes });
  expect(failure).toMatchObject({ code: 'update_too_large', details: [{ attempt: 1 }, { agent: 'updater' }] });
  expect(accepted).toEqual([]);
  const fits = await bench.run('updater', { input: updateBytes - '{"text":""}'.length });
  expect(fits.outcome?.kind).toBe('done');
});

test('an input that does not fit fails the step at once as invalid_input, with its field', async () => {
  const { failure } = await bench.run('strict', { input: { url: 'nowhere' } });
  expect(failure).toMatchObject({ code: 'invalid_input', details: [{ attempt: 1 }, { field: 'url' }] });
});

test('a result that does not fit fails the step at once as invalid_result', async () => {
  const { failure } = await bench.run('strict', { input: { url: 'https://a.example/' } });
  expect(failure).toMatchObject({ code: 'invalid_result', details: [{ attempt: 1 }, { agent: 'strict' }] });
  expect(failure?.message).toContain('count');
});

test.each([
  { what: 'nothing', returned: null },
  { what: 'neither done, ask nor delegate', returned: { finished: true } },
  { what: 'a question without a schema', returned: { ask: { kind: 'k', message: 'm' } } },
  { what: 'a question over 32 KiB', returned: { ask: { kind: 'k', message: 'm'.repeat(40_000), answerSchema: {} } } },
  { what: 'a delegation to nobody', returned: { delegate: { agent: '', instructions: '' } } },
  { what: 'an update that is no object', returned: { done: 1, update: 'x' } },
])('an agent that returns $what fails as invalid_result', async ({ returned }) => {
  const { failure } = await bench.run('odd', { input: returned });
  expect(failure?.code).toBe('invalid_result');
});

test('an agent that is done with nothing has null as its result', async () => {
  expect((await bench.run('empty')).outcome).toMatchObject({ kind: 'done', result: null });
});
