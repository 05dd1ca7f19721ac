/** The timeline of histories that the engine has really written (test/histories/recorded). */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { timelinePageBytes } from '../../protocol/limits.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import { timelineQuerySchema, timelineSchema, type Timeline } from '../../protocol/schemas/timeline.ts';
import { payloadDecoder } from '../../runtime/data-converter.ts';
import { StoredHistories } from '../bundle/stored-histories.ts';
import { ScriptedHistory, unpack } from '../feed/scripted-history.ts';
import type { HistoryReading } from '../history/history-service.ts';
import { ActivityFacts } from './activity-facts.ts';
import { timelines } from './run-timeline.ts';

const folder = join(import.meta.dirname, '..', '..', 'test', 'histories', 'recorded');
/** Of a chain, the newest execution is the first file. */
const files = readdirSync(folder).toSorted().toReversed();

/** Recorded anew on another day. */
const dated = /\d{4}-\d{2}-\d{2}/;

/** Of a scenario: `name.json`, or … `name.2.json`, `name.1.json`. */
async function timelineOf(name: string, query: object = {}): Promise<Timeline> {
  const own = files.filter((file) => file.startsWith(`${name}.`) && dated.test(name) === dated.test(file));
  const described = await firstOf(own);
  const service = new StoredHistories(name, described.blueprint, described.executions);
  const decode = payloadDecoder({});
  const reading = { service, decode, readStored: () => Promise.reject(new Error('nothing is stored')) };
  const read = timelines({ reading, decode, config: {}, forksOf: () => Promise.resolve([]) });
  return await read(name, timelineQuerySchema.parse(query));
}

async function firstOf(own: readonly string[]) {
  const executions = [];
  let blueprint = '';
  for (const file of own) {
    const { events } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      events: {
        workflowExecutionStartedEventAttributes?: { originalExecutionRunId: string; workflowType: { name: string } };
      }[];
    };
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    executions.push({ runId: started?.originalExecutionRunId ?? '', file: join(folder, file) });
    blueprint = started?.workflowType.name ?? '';
  }
  return { executions, blueprint };
}

describe('the timeline of a recorded run', () => {
  it('has each attempt with its start, end and error', async () => {
    const timeline = await timelineOf('script-attempts-fail');
    expect(timelineSchema.parse(timeline)).toEqual(timeline);
    expect(timeline).toMatchObject({
      status: 'completed',
      blueprint: 'script',
      stepsTotal: 1,
      next: null,
      isCut: false,
    });
    const [step] = timeline.steps;
    expect(step?.attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error?.code ?? null])).toEqual([
      [1, 'failed', 'agent_failed'],
      [2, 'failed', 'agent_failed'],
      [3, 'completed', null],
    ]);
    for (const attempt of step?.attempts ?? []) expect(attempt.durationMs).toBeGreaterThanOrEqual(0);
    expect(step?.waitedMs.backoff).toBeGreaterThan(1_500);
    expect(timeline.worker?.identity).not.toBe('');
  });

  it('has every execution of the chain, by whom it was begun, and why', async () => {
    const timeline = await timelineOf('script-resumed');
    expect(timeline.executions).toMatchObject([
      { cause: 'run.started', fromSeq: 1, outcome: 'failed' },
      { cause: 'run.reset', by: 'anonymous', outcome: 'completed' },
    ]);
    const [first, second] = timeline.executions;
    expect(second?.fromSeq).toBe((first?.toSeq ?? 0) + 1);
    expect(timeline.steps.map(({ step, status }) => [step, status])).toEqual([
      ['scripted#1', 'completed'],
      ['scripted#2', 'failed'],
      ['scripted#2', 'completed'],
    ]);
  });

  it.each(['script-delegation', 'script-question-answered'])(
    'is the same where the history tells the step of an activity, and its input is left alone (%s)',
    async (name) => {
      const facts = async (recorded: string) =>
        (await timelineOf(recorded)).steps.map(({ step, attempts, status }) => [
          step,
          status,
          attempts.map(({ attempt, outcome }) => [attempt, outcome]),
        ]);
      const today = `${name}.2026-11-22`;
      expect(await facts(today)).toEqual(await facts(name));

      const read = historyFromJSON(JSON.parse(await readFile(join(folder, `${today}.json`), 'utf8')));
      const activities = new ActivityFacts();
      for (const entry of read.events ?? []) activities.take(entry, 1);
      const decoded: unknown[] = [];
      const calls = await activities.calls((payload) => {
        const value = payloadDecoder({})(payload);
        decoded.push(value);
        return value;
      });
      expect(calls.map(({ attemptBase }) => attemptBase)).toEqual(expect.arrayContaining([0, 1]));
      expect(decoded.length).toBe(calls.length);
      expect(decoded.every((value) => typeof value === 'string')).toBe(true);
      // A payload would keep its whole page of the history.
      for (const { activity } of activities['scheduled'].values()) expect(activity['payloads']).toBeNull();
    },
  );

  it('has questions with who answered, and delegated steps below those that wait', async () => {
    const [asking] = (await timelineOf('script-question-answered')).steps;
    expect(asking?.questions).toMatchObject([{ id: 'q-5', status: 'answered', answers: [{ by: 'anonymous' }] }]);
    expect(asking?.attempts.map(({ outcome }) => outcome)).toEqual(['asked', 'completed']);
    const { steps } = await timelineOf('script-delegation');
    expect(steps.map(({ step, delegatedBy }) => [step, delegatedBy])).toEqual([
      ['scripted#1', null],
      ['scripted#2', 'scripted#1'],
    ]);
    expect(steps[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['delegated', 'completed']);
    const [paused] = (await timelineOf('script-step-paused')).steps;
    expect(paused?.waitedMs.paused).toBeGreaterThan(0);
  });

  it('fits its schema, leaves no step open after the end and numbers pages without a hole, for every one', async () => {
    const names = [...new Set(files.map((file) => file.replace(/(\.\d+)?(\.\d{4}-.*)?\.json$/, '')))];
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const whole = await timelineOf(name);
      expect(timelineSchema.parse(whole), name).toEqual(whole);
      expect(
        whole.steps.filter(({ endedAt }) => endedAt === null),
        name,
      ).toEqual([]);
      const paged = [];
      for (let after: number | null = 0; after !== null;) {
        const page: Timeline = await timelineOf(name, { after, limit: 1 });
        paged.push(...page.steps);
        after = page.next;
      }
      expect(paged, name).toEqual(whole.steps);
    }
  });
});

describe('a run that goes on', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const place = (step: number) => ({ agent: 'a', step: `a#${step}`, attempt: 1 });

  function begin() {
    const history = new ScriptedHistory(3);
    history.begin();
    const pages: string[] = [];
    const service: HistoryReading = {
      describe: (run) => history.describe(run),
      page: (run, runId, token, options) => {
        pages.push(`${runId} ${token.length === 0 ? 'from its beginning' : 'on'}`);
        return history.page(run, runId, token, options);
      },
    };
    const reading = { service, decode: unpack, readStored: () => Promise.resolve(null) };
    const newReader = () => timelines({ reading, decode: unpack, config: {}, forksOf: () => Promise.resolve([]) });
    const all = timelineQuerySchema.parse({});
    return { history, pages, read: newReader(), readAnew: () => newReader()('r', all), all };
  }

  it('is told as if all of it were read, and nothing is read twice', async () => {
    const { history, pages, read, readAnew, all } = begin();
    const changes = [
      // A step is open over the end of its execution.
      () => history.batchOf([{ type: 'agent.started', at, ...place(1), data: {} }]),
      () => history.continueAsNew(),
      () => history.batchOf([{ type: 'agent.completed', at, ...place(1), data: { result: 1 } }]),
      () => history.batchOf([{ type: 'agent.started', at, ...place(2), data: {} }]),
      () => history.continueAsNew(),
      () => history.batchOf([{ type: 'agent.failed', at, ...place(2), data: { error: { code: 'c', message: 'm' } } }]),
      () => history.end(),
      () => history.retry(),
      () => history.batchOf([{ type: 'agent.started', at, ...place(2), data: {} }]),
    ];
    for (const change of changes) {
      change();
      expect(await read('r', all)).toEqual(await readAnew());
    }
    expect((await read('r', all)).steps.map(({ step, status }) => [step, status])).toEqual([
      ['a#1', 'completed'],
      ['a#2', 'failed'],
      ['a#2', 'running'],
    ]);
    pages.splice(0);
    history.batchOf([{ type: 'agent.completed', at, ...place(2), data: { result: 2 } }]);
    await read('r', all);
    expect(pages).toEqual(['run-4 on']);
  });

  it('says that its beginning is past retention, also when it is read on', async () => {
    const { history, read, readAnew, all } = begin();
    history.continueAsNew();
    history.forget('run-1');
    for (const step of [1, 2]) {
      history.batchOf([{ type: 'agent.started', at, ...place(step), data: {} }]);
      const timeline = await read('r', all);
      expect(timeline).toEqual(await readAnew());
      expect(timeline.isCut).toBe(true);
    }
  });

  it('is read whole again where the execution that was asked for is older than what is known', async () => {
    const { history, read, all } = begin();
    const asked = await history.describe('r');
    history.continueAsNew();
    history.batchOf([{ type: 'agent.started', at, ...place(1), data: {} }]);
    await read('r', all);
    const asItIs = history.describe.bind(history);
    history.describe = () => Promise.resolve(asked);
    expect((await read('r', all)).executions).toHaveLength(1);
    history.describe = asItIs;
    expect((await read('r', all)).executions).toHaveLength(2);
  });
});

describe('a long log', () => {
  it('of 50,000 events is told in pages under 1 MB, and read once for all of them', async () => {
    const history = new ScriptedHistory(1_000);
    history.begin();
    const at = '2026-01-01T00:00:00.000Z';
    const text = 'x'.repeat(1_500);
    for (let index = 1; index <= 5_000; index++) {
      const place = { agent: 'a', step: `a#${index}`, attempt: 1 };
      const events: EventDraft[] = [
        { type: 'supervisor.decided', at, data: { iteration: index, goto: 'a', reason: text } },
        { type: 'agent.started', at, ...place, data: {} },
        ...Array.from({ length: 7 }, (): EventDraft => ({
          type: 'agent.emitted',
          at,
          ...place,
          data: { kind: 'log' },
        })),
        { type: 'agent.completed', at, ...place, data: { result: text, update: { text } } },
      ];
      history.batchOf(events);
    }
    history.end();
    let calls = 0;
    const service: HistoryReading = {
      describe: (run) => history.describe(run),
      page: (...asked) => {
        calls++;
        return history.page(...asked);
      },
    };
    const reading = { service, decode: unpack, readStored: () => Promise.resolve(null) };
    const read = timelines({ reading, decode: unpack, config: {}, forksOf: () => Promise.resolve([]) });
    let steps = 0;
    let readOnce = 0;
    for (let after: number | null = 0; after !== null;) {
      const page: Timeline = await read('r', { after, limit: 500 });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(1_000_000);
      expect(page.stepsTotal).toBe(5_000);
      steps += page.steps.length;
      after = page.next;
      readOnce ||= calls;
    }
    expect(steps).toBe(5_000);
    expect(readOnce).toBeGreaterThan(0);
    expect(calls).toBe(readOnce);
    expect(timelinePageBytes).toBeLessThan(1_000_000);
  });
});
