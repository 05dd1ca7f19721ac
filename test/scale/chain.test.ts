/** A run as a chain of executions: under load, gone on with in every way, partly past retention, reset by Temporal. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { anonymous, readToEnd, startBaton, type TestBaton } from '../harness/baton.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { readLog } from '../harness/read-log.ts';
import { unique } from '../harness/temporal-server.ts';
import { rounds, testSize } from '../harness/test-size.ts';
import { checkLog } from '../property/check-log.ts';
import type { Script } from '../property/run-plan.ts';

/**
 * In full 63,000 events in about 9,000 signals: the pauses are longer than an agent that has used a good part of its
 * signals gathers events for.
 */
const steps = rounds(3, 9);
const turns = rounds(150, 1_000);
const pauseMs = rounds(1, 12);
const scripts: Script[] = Array.from({ length: steps }, (_each, step) => ({
  resultBytes: 10,
  script: Array.from({ length: turns }, (_turn, index) => [
    { do: 'emit' as const, count: 7, bytes: 10, kind: `s${step}.${index * 2}` },
    { do: 'wait' as const, ms: pauseMs },
  ]).flat(),
}));
const lastStep = `scripted#${steps}`;
const endsWithinMs = rounds(60_000, 20 * 60_000);

// A busy machine takes its time.
vi.setConfig({ testTimeout: rounds(3, 30) * 60_000, hookTimeout: 120_000 });

let temporal: OwnTemporal;
let baton: TestBaton;
let client: Client;
beforeAll(async () => {
  // In full the server's own suggestion is waited for.
  temporal = await startOwnTemporal(testSize === 'full' ? {} : { 'limit.historyCount.suggestContinueAsNew': 60 });
  baton = await startBaton({ settings: { TEMPORAL_ADDRESS: temporal.address, LOG_LEVEL: 'error' } });
  client = connectTemporal(baton.config, createDataConverter(baton.config));
});
afterAll(async () => {
  await client.connection.close();
  await baton.stop();
  await temporal.stop();
});

const run = unique('chain');
let log: RunEvent[] = [];

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const seqsOf = (events: readonly RunEvent[]) => events.map(({ seq }) => seq);

async function executionsOf(id: string): Promise<string[]> {
  const found: { runId: string; startTime: Date }[] = [];
  for await (const { runId, startTime } of client.workflow.list({ query: `WorkflowId = '${id}'` }))
    found.push({ runId, startTime });
  return found.toSorted((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(({ runId }) => runId);
}

async function goOn(work: Promise<unknown>): Promise<RunEvent[]> {
  await work;
  const more = await readToEnd(baton.engine, run, { after: log.length, timeoutMs: endsWithinMs });
  log = [...log, ...more];
  expect(seqsOf(log)).toEqual(upTo(log.length));
  return more;
}

test('a run under load lives through continue-as-new twice, with one log that nobody sees it in', async () => {
  await baton.engine.runs.start({ blueprint: 'script', input: { steps: scripts }, id: run }, anonymous);
  log = await readToEnd(baton.engine, run, { timeoutMs: endsWithinMs });
  expect(checkLog(log, scripts)).toEqual([]);
  expect(log.filter(({ type }) => type === 'agent.emitted')).toHaveLength(steps * 7 * turns);
  expect(log.at(-1)?.type).toBe('run.completed');
  await vi.waitFor(async () => expect((await executionsOf(run)).length).toBeGreaterThanOrEqual(3), { timeout: 30_000 });
});

test('a retry, a message and resets into older executions append to the same log', async () => {
  const { runs } = baton.engine;
  const short = { steps: [{ script: [{ do: 'emit', count: 3, kind: 's0.0' }] }] };
  expect((await goOn(runs.reset(run, { step: lastStep }, anonymous)))[0]?.type).toBe('run.reset');
  expect(log.at(-1)?.data['result']).toMatchObject({ steps });
  expect((await goOn(runs.message(run, short, anonymous)))[0]?.type).toBe('run.continued');
  expect((await goOn(runs.retry(run, anonymous)))[0]).toMatchObject({ type: 'run.retried' });
  expect(log.at(-1)).toMatchObject({ type: 'run.completed', data: { result: { steps: 1 } } });
});

test('every old cursor can be read on from, also in a gateway that has just come', async () => {
  const cold = await baton.startEngine();
  const places = [0, 1, Math.floor(log.length / 3), Math.floor(log.length / 2), log.length - 1, log.length];
  for (const after of places) expect(await readLog(cold, run, after)).toEqual(log.slice(after));
  await cold.close();
});

test('a fork begins a log of its own, and leaves this one alone', async () => {
  const fork = await baton.engine.runs.fork(run, { step: lastStep, id: unique('fork') }, anonymous);
  const events = await readToEnd(baton.engine, fork.id, { timeoutMs: endsWithinMs });
  expect(seqsOf(events)).toEqual(upTo(events.length));
  expect(events[0]).toMatchObject({ type: 'run.started', data: { from: { run, step: lastStep } } });
  expect(events.at(-1)?.data['result']).toMatchObject({ steps });
  expect(await readLog(baton.engine, run)).toEqual(log);
});

test('an open run is reset, and cancelled afterwards', async () => {
  const { runs } = baton.engine;
  await runs.message(run, { steps: [{ script: [{ do: 'emit', count: 1 }] }, { script: [{ do: 'hold' }] }] }, anonymous);
  const begun = async () =>
    (await readLog(baton.engine, run, log.length)).filter(({ type }) => type === 'agent.started');
  await vi.waitFor(async () => expect(await begun()).toHaveLength(2), { timeout: 20_000 });
  const held = (await begun()).at(-1)?.step ?? '';
  await runs.reset(run, { step: held }, anonymous);
  await vi.waitFor(async () => expect(await begun()).toHaveLength(3), { timeout: 20_000 });
  const more = await goOn(runs.cancel(run, { reason: 'enough' }, anonymous));
  expect(more.filter(({ type }) => type === 'run.reset')).toHaveLength(1);
  expect(more.at(-1)).toMatchObject({ type: 'run.cancelled', data: { reason: 'enough' } });
});

test('what is past retention is a gap for readers and expired for resets; the rest stays whole', async () => {
  const [oldest = ''] = await executionsOf(run);
  const workflowExecution = { workflowId: run, runId: oldest };
  const { namespace } = client.options;
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
  const gone = () => client.workflow.getHandle(run, oldest).describe();
  await vi.waitFor(() => expect(gone()).rejects.toThrow('not found'), { timeout: 60_000 });
  const cold = await baton.startEngine();
  const feed = await cold.feeds.open(run);
  const { gap, entries } = await feed.read(5, 10);
  expect(gap?.from).toBe(6);
  const to = gap?.to ?? 0;
  expect(entries[0]?.event).toEqual(log[to]);
  expect(await readLog(cold, run, to)).toEqual(log.slice(to));
  const { source: _, ...state } = feed.view();
  const { source: __, ...known } = (await baton.engine.feeds.open(run)).view();
  expect(state).toEqual(known);
  feed[Symbol.dispose]();
  const fromThere = cold.runs.reset(run, { step: 'never#1' }, anonymous);
  await expect(fromThere).rejects.toMatchObject({ code: 'step_expired' });
  await cold.close();
});

test("Temporal's own reset gives watchers a gap, and then the log as it is now", async () => {
  const { engine } = baton;
  const two = [{ script: [{ do: 'emit', count: 5 }] }, { script: [{ do: 'emit', count: 5 }] }];
  const other = unique('own-reset');
  await engine.runs.start({ blueprint: 'script', input: { steps: two }, id: other }, anonymous);
  const before = await readToEnd(engine, other);
  const feed = await engine.feeds.open(other);
  const gaps: { from: number; to: number }[] = [];
  feed.listen({ more: () => undefined, live: () => undefined, gap: (from, to) => gaps.push({ from, to }) });
  const { events = [] } = await client.workflow.getHandle(other).fetchHistory();
  const completed = (events ?? []).filter(({ workflowTaskCompletedEventAttributes: task }) => task);
  const at = completed[Math.floor(completed.length / 2)]?.eventId ?? null;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: other },
    workflowTaskFinishEventId: at,
    requestId: randomUUID(),
    reason: 'behind the back of Baton',
  });
  await vi.waitFor(() => expect(gaps).toEqual([{ from: 1, to: before.length }]), { timeout: 20_000 });
  const after = await readToEnd(engine, other);
  expect(seqsOf(after)).toEqual(upTo(after.length));
  expect(after.at(-1)?.type).toBe('run.completed');
  feed[Symbol.dispose]();
});
