/** Garbage sent straight into runs through Temporal: no workflow task fails, the log has no hole, the run goes on. */
import proto from '@temporalio/proto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchEvents, storedBatchEvents } from '../../protocol/limits.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { upTo } from '../harness/gateway.ts';
import { rounds } from '../harness/test-size.ts';
import { startFuzzGateway, type FuzzGateway } from './fuzz-gateway.ts';
import { hostileString, hostileValue } from './hostile-values.ts';
import { newSeed } from './seed.ts';

const seed = newSeed('signals');
const runs = rounds(4, 40);
const signalsEach = rounds(25, 50);

let gateway: FuzzGateway;
beforeAll(async () => {
  gateway = await startFuzzGateway({ BATON_MAX_BODY_BYTES: '8000000' });
});
afterAll(() => gateway.stop());

const at = '2026-01-01T00:00:00.000Z';
const deep = (levels: number) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};
const odd = fc.oneof(
  hostileValue,
  fc.constantFrom<unknown>({ toString: 1, valueOf: 1 }, deep(3_000), 'x'.repeat(400_000), undefined),
);
const count = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, -1, 1.5, 2 ** 53, Number.MAX_SAFE_INTEGER, storedBatchEvents + 1),
  odd,
);

const draft = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom(
        'agent.emitted',
        'agent.progressed',
        'agent.attempt_failed',
        'question.asked',
        'run.completed',
        'agent.completed',
      ),
      odd,
    ),
    at: fc.oneof(fc.constant(at), odd),
    agent: fc.oneof(fc.constantFrom('scripted', '__proto__'), odd),
    step: fc.oneof(fc.constant('scripted#1'), odd),
    attempt: count,
    data: fc.oneof(fc.record({ fraction: odd, message: odd, kind: odd }, { requiredKeys: [] }), odd),
  },
  { requiredKeys: [] },
);
const by = fc.oneof(
  fc.record(
    {
      name: fc.oneof(hostileString, fc.constant('x'.repeat(400_000)), odd),
      roles: fc.oneof(fc.constant(['client']), odd),
      authenticated: odd,
    },
    { requiredKeys: [] },
  ),
  odd,
);
const signal = fc.oneof(
  fc
    .record(
      {
        step: fc.oneof(fc.constant('scripted#1'), odd),
        attempt: count,
        n: count,
        events: fc.oneof(
          fc.array(draft, { maxLength: 3 }),
          odd,
          fc.constant(Array.from({ length: batchEvents + 1 }, () => ({}))),
        ),
      },
      { requiredKeys: [] },
    )
    .map((payload) => ['emit', payload] as const),
  fc
    .record(
      {
        step: fc.constant('scripted#1'),
        attempt: count,
        n: count,
        count,
        stored: fc.oneof(fc.record({ ref: fc.oneof(hostileString, odd) }), odd),
      },
      { requiredKeys: [] },
    )
    .map((payload) => ['emit', payload] as const),
  fc
    .record(
      {
        question: fc.oneof(fc.constantFrom('q-5', 'q-1'), odd),
        answer: odd,
        by,
        at: odd,
        requestId: fc.oneof(hostileString, odd),
      },
      { requiredKeys: [] },
    )
    // What would be right is a person's to send: here nobody may answer.
    .map((payload) => ['answer', { ...payload, ...(payload.question === 'q-5' ? { question: 'q-6' } : {}) }] as const),
  fc.record({ by: odd }, { requiredKeys: [] }).map((payload) => ['begin', payload] as const),
  fc
    .record(
      {
        cause: fc.oneof(
          fc.record(
            { type: fc.constantFrom('run.reset', 'run.started'), at: fc.oneof(fc.constant(at), odd), data: odd },
            { requiredKeys: [] },
          ),
          odd,
        ),
        state: fc.oneof(
          fc.constantFrom<unknown>({}, null, [], { questions: [], current: [], agents: { a: null } }),
          odd,
        ),
        input: odd,
        carry: odd,
      },
      { requiredKeys: [] },
    )
    .map((payload) => ['reset', payload] as const),
  fc.tuple(fc.constantFrom('emit', 'answer', 'begin', 'reset', 'nothing-like-it'), odd),
);

const arrivedWhileEnding =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

/** What workflow tasks failed of. Not that something arrived while the run ended: such a task is taken once more. */
async function failuresOf(run: string): Promise<unknown[]> {
  const { events } = await gateway.client.workflow.getHandle(run).fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed && failed.cause !== arrivedWhileEnding ? [{ cause: failed.cause, message: failed.failure?.message }] : [],
  );
}

async function asking(): Promise<string> {
  const run = await gateway
    .as('ann')
    .script([{ script: [{ do: 'emit', count: 2 }, { do: 'ask' }, { do: 'emit', count: 2 }] }]);
  await gateway.as('ann').eventsUntil(run, ({ type }) => type === 'question.asked');
  return run;
}

/** The run takes its answer, ends, and its log is whole. */
async function expectWhole(run: string): Promise<RunEvent[]> {
  const ann = gateway.as('ann');
  const { body } = await ann.get(`/v1/runs/${run}`);
  const open = (body['questions'] as { id: string; status: string }[]).find(({ status }) => status === 'open');
  const answered = await ann.post(`/v1/runs/${run}/questions/${open?.id}/answer`, { answer: { yes: true } });
  expect([200, 202]).toContain(answered.status);
  const events = await ann.eventsToEnd(run);
  expect(events.map(({ seq }) => seq)).toEqual(upTo(events.length));
  expect(await failuresOf(run)).toEqual([]);
  expect(events.at(-1)?.type).toBe('run.completed');
  expect(await gateway.metrics.seqMismatch.get()).toMatchObject({ values: [{ value: 0 }] });
  return events;
}

test('payloads of every shape', async () => {
  const samples = fc.sample(fc.array(signal, { minLength: signalsEach, maxLength: signalsEach }), {
    seed,
    numRuns: runs,
  });
  for (const sent of samples) {
    const run = await asking();
    const handle = gateway.client.workflow.getHandle(run);
    for (const [name, payload] of sent) await handle.signal(name, payload);
    await expectWhole(run);
  }
}, 900_000);

test('bytes that are no payload of ours', async () => {
  const run = await asking();
  const bytes = (text: string) => Buffer.from(text);
  const emit = JSON.stringify({
    step: 'scripted#1',
    attempt: 1_000,
    n: 1,
    events: [{ type: 'agent.emitted', at, data: { kind: 'x' } }],
  });
  const payloads = [
    { metadata: { encoding: bytes('json/plain') }, data: bytes('{"broken":') },
    { metadata: { encoding: bytes('json/plain') }, data: bytes('') },
    { metadata: { encoding: bytes('binary/unknown') }, data: bytes('?') },
    { metadata: {}, data: bytes('{}') },
    { metadata: { encoding: bytes('binary/null') } },
    { metadata: { encoding: bytes('json/plain') }, data: Buffer.from([0xff, 0xfe]) },
    // Read by one and refused by the other, it would be counted differently by workflow and gateway.
    {
      metadata: { encoding: bytes('json/plain') },
      data: Buffer.concat([bytes(emit.slice(0, -6)), Buffer.from([0xff]), bytes(emit.slice(-6))]),
    },
    { metadata: { encoding: bytes('json/plain') }, data: bytes(`\ufeff${emit}`) },
  ];
  for (const payload of payloads) {
    for (const signalName of ['emit', 'answer', 'begin', 'reset', 'unheard']) {
      await gateway.client.workflowService.signalWorkflowExecution({
        namespace: gateway.client.options.namespace,
        workflowExecution: { workflowId: run },
        signalName,
        input: { payloads: [payload] },
      });
    }
  }
  await expectWhole(run);
}, 120_000);

test('a cancel full of nonsense cancels, and stays small', async () => {
  const run = await asking();
  const handle = gateway.client.workflow.getHandle(run);
  await handle.signal('cancel', { reason: 'x'.repeat(1_500_000), by: { name: 'eve' }, mode: 'never' });
  const events = await gateway.as('ann').eventsToEnd(run);
  expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { by: 'unknown' } });
  expect(JSON.stringify(events).length).toBeLessThan(20_000);
  expect(await failuresOf(run)).toEqual([]);
});

test('what agents return cannot wedge a run either', async () => {
  const surrogate = [{ script: [{ do: 'delegate', agent: 'half \ud800', script: [] }] }];
  const named = (agent: string) => [{ script: [{ do: 'delegate', agent, script: [] }] }];
  const asks = (question: object) => [{ script: [{ do: 'ask', question }] }];
  const scripts = [
    surrogate,
    ...['constructor', '__proto__', 'toString', 'x'.repeat(100_000)].map(named),
    asks({ timeoutMs: Number.MAX_SAFE_INTEGER }),
    asks({ timeoutMs: 5, onTimeout: { then: 'escalate', role: 'ops', timeoutMs: Number.MAX_SAFE_INTEGER } }),
    asks({ answersNeeded: Number.MAX_SAFE_INTEGER }),
    asks({ message: 'x'.repeat(200_000) }),
    asks({ choices: Array.from({ length: 20_000 }, (_, value) => ({ value, label: 'x' })) }),
  ];
  for (const script of scripts) {
    const run = await gateway.as('ann').script(script);
    const events = await gateway.as('ann').eventsToEnd(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.failed' });
    expect(await failuresOf(run)).toEqual([]);
  }
}, 120_000);
