/** Histories, events and payloads at their limits: read, cut, stored, coalesced, and whole where they are fetched. */
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { signals } from '../../protocol/execution.ts';
import { emitBatchBytes } from '../../protocol/limits.ts';
import type { BlobRef, RunEvent } from '../../protocol/schemas/event.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { readLog } from '../harness/read-log.ts';
import { unique } from '../harness/temporal-server.ts';
import { rounds } from '../harness/test-size.ts';

const mebibyte = 1024 * 1024;
const largeBytes = rounds(8, 45) * mebibyte;
const endsWithinMs = 5 * 60_000;

// A busy machine takes its time.
vi.setConfig({ testTimeout: rounds(3, 30) * 60_000, hookTimeout: 120_000 });

let baton: TestBaton;
let client: Client;
beforeAll(async () => {
  baton = await startBaton({ worker: false, settings: { LOG_LEVEL: 'error', BATON_MAX_BODY_BYTES: '70000000' } });
  client = connectTemporal(baton.config, createDataConverter(baton.config));
});
afterAll(async () => {
  await client.connection.close();
  await baton.stop();
});

const begin = async (id: string, steps: unknown[]) => {
  await baton.engine.runs.start({ blueprint: 'script', input: { steps }, id }, anonymous);
  return id;
};
const expectWhole = (events: readonly RunEvent[]) =>
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));

async function fetchWhole(run: string, blob: BlobRef): Promise<unknown> {
  const stored = await baton.engine.runs.blob(run, blob.ref);
  expect(stored.blob).toEqual(blob);
  return JSON.parse(Buffer.from(await stored.read(0, blob.bytes)).toString('utf8'));
}

test('a history whose pages are larger than 8 MB is taken by a worker and read by a gateway', async () => {
  const run = await begin(unique('pages'), [{ script: [{ do: 'emit', count: 3 }] }]);
  const filler = 'x'.repeat(60_000);
  const event = { type: 'agent.emitted', at: new Date().toISOString(), data: { kind: 'early', filler } };
  const handle = client.workflow.getHandle(run);
  // Sent before the step is open: they fill the history, and are worth nothing.
  const numbers = Array.from({ length: 160 }, (_, index) => index + 1);
  await Promise.all(
    numbers.map((n) => handle.signal(signals.emit, { step: 'scripted#1', attempt: 1, n, events: [event] })),
  );
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: run },
  });
  const pageBytes = (history?.events ?? []).reduce(
    (sum, each) => sum + (each.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data?.length ?? 0),
    0,
  );
  expect(pageBytes).toBeGreaterThan(8 * mebibyte);
  expect(await readLog(baton.engine, run)).toHaveLength(1);
  const worker = await baton.startWorker();
  const events = await readToEnd(baton.engine, run, { timeoutMs: endsWithinMs });
  expectWhole(events);
  expect(events.filter(({ data }) => data['kind'] === 'test.item')).toHaveLength(3);
  expect(events.filter(({ data }) => data['kind'] === 'early')).toHaveLength(0);
  await worker.stop();
});

test('12,000 emits of one execution are coalesced, then stored; an answer still gets through', async () => {
  const worker = await baton.startWorker();
  const run = await begin(unique('emits'), [
    {
      script: [
        // 25 MB: beyond what an execution's history may take.
        { do: 'emit', count: 12_000, bytes: 2_000 },
        { do: 'ask' },
        { do: 'emit', count: 5, kind: 'after' },
      ],
    },
  ]);
  const asked = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked', {
    timeoutMs: endsWithinMs,
  });
  const { id } = (asked.at(-1) as RunEvent).data['question'] as { id: string };
  const { runId } = await client.workflow.getHandle(run).describe();
  const outcome = await baton.engine.runs.answer(run, id, { yes: true }, anonymous);
  expect(['accepted', 'recorded']).toContain(outcome.outcome);
  const events = await readToEnd(baton.engine, run, { timeoutMs: endsWithinMs });
  expectWhole(events);
  const items = events.filter(({ data }) => data['kind'] === 'test.item');
  expect(items.map(({ data }) => data['index'])).toEqual(Array.from({ length: 12_000 }, (_, index) => index));
  expect(events.filter(({ data }) => data['kind'] === 'after')).toHaveLength(5);
  expect(events.at(-1)?.type).toBe('run.completed');

  const { events: history } = await client.workflow.getHandle(run, runId).fetchHistory();
  const emits = (history ?? []).filter((each) => each.workflowExecutionSignaledEventAttributes?.signalName === 'emit');
  expect(emits.length).toBeLessThan(1_000);
  const sizes = emits.map(
    (each) => each.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data?.length ?? 0,
  );
  // Batches at the limit, and none above it; then a few references.
  expect(Math.max(...sizes)).toBeGreaterThan(emitBatchBytes - 4_096);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024);
  expect(Math.min(...sizes)).toBeLessThan(1_000);
  const cold = await baton.startEngine();
  expect(await readLog(cold, run)).toEqual(events);
  await cold.close();
  await worker.stop();
});

test(`an event of 3 MB, an input and a result of ${largeBytes / mebibyte} MB arrive cut, and are fetched whole`, async () => {
  const worker = await baton.startWorker();
  const kind = 'y'.repeat(largeBytes);
  const steps = [
    { script: [{ do: 'emit', count: 1, bytes: 3_000_000 }], resultBytes: largeBytes },
    { script: [{ do: 'emit', count: 1, kind }] },
  ];
  const run = await begin(unique('large'), steps);
  const events = await readToEnd(baton.engine, run, { timeoutMs: endsWithinMs });
  expectWhole(events);
  expect(events.at(-1)?.type).toBe('run.completed');
  for (const event of events) expect(JSON.stringify(event.data).length).toBeLessThan(32 * 1024);

  const [started] = events;
  expect(await fetchWhole(run, started?.data['blob'] as BlobRef)).toMatchObject({
    blueprint: 'script',
    input: { steps },
  });
  const [first, second] = events.filter(({ type }) => type === 'agent.emitted');
  expect(await fetchWhole(run, first?.data['blob'] as BlobRef)).toMatchObject({ filler: 'x'.repeat(3_000_000) });
  expect(await fetchWhole(run, second?.data['blob'] as BlobRef)).toMatchObject({ kind });
  const completed = events.find(({ type }) => type === 'agent.completed');
  const result = completed?.data['result'] as { blob: BlobRef };
  expect(completed?.data['resultBytes']).toBe(result.blob.bytes);
  expect(await fetchWhole(run, result.blob)).toMatchObject({ emitted: 1, filler: 'x'.repeat(largeBytes) });
  await worker.stop();
});
