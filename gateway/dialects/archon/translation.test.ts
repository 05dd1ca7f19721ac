import { describe, expect, test } from 'vitest';
import type { EventType, RunEvent } from '../../../protocol/schemas/event.ts';
import { isForgotten, recordOf, type CrawlState } from './crawl-record.ts';
import { crawlTranslation, encodeConnected, encodeMalformed, pingFrame } from './translation.ts';

const at = (seq: number) => new Date(Date.UTC(2026, 0, 5, 12, 0, seq)).toISOString();

/** Folds events that follow one another; the frames of each, and the state at the end. */
function told(...events: [EventType, Record<string, unknown>][]): { frames: unknown[][]; state: CrawlState } {
  let state = crawlTranslation.initial({ id: 'archon:cp-19', client: 'cp-19' });
  const frames = events.map(([type, data], index) => {
    const event: RunEvent = { seq: index + 1, at: at(index), recordedAt: at(index), type, data };
    const step = crawlTranslation.event(state, event);
    state = step.state;
    return step.messages.map((message) => JSON.parse(crawlTranslation.encode(message)) as unknown);
  });
  return { frames, state };
}

const url = 'http://site.test/';
const started: [EventType, Record<string, unknown>] = [
  'run.started',
  { blueprint: 'crawl', owner: null, input: { url } },
];
const emitted = (kind: string, data: Record<string, unknown>): [EventType, Record<string, unknown>] => [
  'agent.emitted',
  { kind, ...data },
];
const stage = (name: string, percentage: number, more = {}) =>
  emitted('crawl.stage', { stage: name, percentage, url, ...more });
const page = (processed: number, total: number, more = {}) =>
  emitted('crawl.page', {
    url: `${url}${processed}`,
    status: 'ok',
    processed,
    total,
    percentage: 15 + Math.floor((45 * processed) / total),
    ...more,
  });
const result = { pages: 5, chunks: 9, words: 100, sourceId: 'src-3', failedUrls: [`${url}3`] };

describe('the frames of a crawl', () => {
  test('are connection_established, an update for each thing that happens, and crawl_completed', () => {
    const { frames } = told(
      started,
      stage('starting', 0),
      stage('analyzing', 5),
      stage('webpage', 10),
      stage('crawling', 15, { total: 1 }),
      page(1, 6),
      page(2, 6, { status: 'failed', url: `${url}3`, message: 'the server answered 404' }),
      page(3, 6, { status: 'ignored', url: `${url}x`, message: 'it is image/png' }),
      stage('processing', 65),
      stage('storing', 80),
      emitted('crawl.stored', { sourceId: 'src-3' }),
      stage('completed', 100),
      ['run.completed', { result }],
    );
    const first = {
      progressId: 'cp-19',
      status: 'starting',
      percentage: 0,
      currentUrl: url,
      totalPages: 0,
      processedPages: 0,
      log: `crawl of ${url} registered`,
      logs: [`crawl of ${url} registered`],
      start_time: '2026-01-05T12:00:00.000Z',
    };
    expect(frames[0]).toEqual([{ type: 'crawl_progress', data: first }]);
    expect(frames.map((each) => each.length)).toEqual([1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1]);
    const brief = frames.flat().map((frame) => {
      const { type, data } = frame as { type: string; data: Record<string, unknown> };
      return [type, data['status'], data['percentage'], data['processedPages'], data['totalPages'], data['log']];
    });
    expect(brief).toEqual([
      ['crawl_progress', 'starting', 0, 0, 0, `crawl of ${url} registered`],
      ['crawl_progress', 'analyzing', 5, 0, 0, `looking at ${url}`],
      ['crawl_progress', 'webpage', 10, 0, 0, `crawling ${url} link by link`],
      ['crawl_progress', 'crawling', 15, 0, 1, 'crawling begins: 1 page known'],
      ['crawl_progress', 'crawling', 22, 1, 6, '1 of 6 pages fetched'],
      ['crawl_progress', 'crawling', 30, 2, 6, `2 of 6 pages fetched; ${url}3 failed: the server answered 404`],
      ['crawl_progress', 'crawling', 37, 3, 6, `3 of 6 pages fetched; ${url}x left out: it is image/png`],
      ['crawl_progress', 'processing', 65, 3, 6, 'cutting what 2 pages brought into chunks'],
      ['crawl_progress', 'storing', 80, 3, 6, 'storing the chunks'],
      ['crawl_completed', 'completed', 100, 3, 6, 'completed: 5 pages crawled, 9 chunks stored, 1 failed'],
    ]);
    expect(frames.at(-1)?.[0]).toMatchObject({
      type: 'crawl_completed',
      data: { chunksStored: 9, sourceId: 'src-3', failedUrls: [`${url}3`], currentUrl: url },
    });
    expect(encodeConnected('cp-19', 'waiting')).toBe(
      '{"type":"connection_established","data":{"progressId":"cp-19","status":"waiting"}}',
    );
    expect(pingFrame).toBe('{"type":"ping"}');
  });

  test.each<[EventType, Record<string, unknown>, string]>([
    ['run.failed', { error: { code: 'crawl_failed', message: 'no page could be read' } }, 'no page could be read'],
    ['run.failed', {}, 'it failed without a reason'],
    ['run.cancelled', { reason: 'enough', by: 'me' }, 'cancelled'],
    ['run.terminated', { reason: 'stuck' }, 'terminated: stuck'],
    ['run.timed_out', {}, 'timed out'],
  ])('%s %j ends it as an error with the last percentage', (type, data, error) => {
    const failed = page(1, 6, { status: 'failed', message: 'gone' });
    const { frames } = told(started, stage('crawling', 15), failed, [type, data]);
    expect(frames.at(-1)).toMatchObject([
      {
        type: 'crawl_progress',
        data: { status: 'error', percentage: 22, error, failedUrls: [`${url}1`], log: expect.stringContaining(error) },
      },
    ]);
  });

  test('of a malformed id are one error with the keys of the contract', () => {
    const { type, data } = JSON.parse(encodeMalformed('a b')) as { type: string; data: Record<string, unknown> };
    expect(type).toBe('crawl_progress');
    expect(Object.keys(data)).toEqual(['progressId', 'status', 'percentage', 'log', 'error']);
    expect(data).toMatchObject({ progressId: 'a b', status: 'error', percentage: 0 });
  });
});

describe('the record of a crawl', () => {
  test('begins anew at 0 when the crawl is started again under its id, with its new address', () => {
    const again = ['run.continued', { by: 'me', input: { url: 'http://other.test/', knowledgeType: 'docs' } }] as const;
    const { frames, state } = told(started, page(1, 2), ['run.completed', { result }], [...again]);
    expect(frames.at(-1)).toEqual([{ type: 'crawl_progress', data: recordOf(state) }]);
    expect(recordOf(state)).toEqual({
      progressId: 'cp-19',
      status: 'starting',
      percentage: 0,
      currentUrl: 'http://other.test/',
      totalPages: 0,
      processedPages: 0,
      log: 'crawl of http://other.test/ registered',
      logs: ['crawl of http://other.test/ registered'],
      start_time: at(3),
      knowledge_type: 'docs',
    });
  });

  test('tells nothing twice that a crawl repeats after a crash, and never falls', () => {
    const { frames, state } = told(
      started,
      stage('crawling', 15),
      page(1, 2),
      page(2, 2),
      stage('analyzing', 5),
      page(1, 2),
      page(2, 2),
      page(3, 20),
      stage('processing', 65),
      stage('crawling', 15),
    );
    expect(frames.map((each) => each.length)).toEqual([1, 1, 1, 1, 0, 0, 0, 1, 1, 0]);
    expect(state).toMatchObject({ status: 'processing', percentage: 65, processedPages: 3, totalPages: 20 });
  });

  test('has the last 100 lines, and what robots.txt forbids among them without an update of its own', () => {
    const skipped = emitted('crawl.skipped', { url: `${url}private`, reason: 'robots' });
    const pages = Array.from({ length: 150 }, (_, index) => page(index + 1, 151));
    const { frames, state } = told(started, ...pages, skipped, skipped, page(151, 151));
    expect(frames.at(-2)).toEqual([]);
    const { log, logs } = recordOf(state) as { log: string; logs: string[] };
    expect(logs).toHaveLength(100);
    expect(log).toBe('151 of 151 pages fetched');
    expect(logs.slice(-3)).toEqual([
      '150 of 151 pages fetched',
      `${url}private skipped: robots.txt forbids it`,
      '151 of 151 pages fetched',
    ]);
  });

  test('survives any data', () => {
    const types: EventType[] = [
      'run.started',
      'run.continued',
      'run.reset',
      'agent.emitted',
      'run.completed',
      'run.failed',
    ];
    const strange = [{}, { input: 7 }, { kind: 'crawl.page', processed: '9', percentage: Number.NaN }, { result: [] }];
    for (const type of types) {
      for (const data of strange) {
        const { state } = told(started, [type, data]);
        expect(Number.isInteger(state.percentage)).toBe(true);
        expect(recordOf(state)['log']).not.toBe('');
      }
    }
  });

  test('is forgotten an hour after the end, and not before', () => {
    const { state } = told(started, ['run.completed', { result }]);
    const hour = 3_600_000;
    expect(isForgotten(state, Date.parse(at(1)) + hour, hour)).toBe(false);
    expect(isForgotten(state, Date.parse(at(1)) + hour + 1, hour)).toBe(true);
    expect(isForgotten(told(started).state, Date.parse(at(0)) + 2 * hour, hour)).toBe(false);
  });
});
