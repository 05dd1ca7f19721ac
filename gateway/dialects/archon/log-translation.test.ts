import { describe, expect, test } from 'vitest';
import type { EventType, RunEvent } from '../../../protocol/schemas/event.ts';
import { LogRing } from './log-ring.ts';
import { logTranslation } from './log-translation.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 12, 0, second)).toISOString();

function lines(...events: [EventType, Record<string, unknown>][]): string[] {
  let state = logTranslation.initial({ id: 'archon:cp-19', client: 'cp-19' });
  return events.flatMap(([type, data], index) => {
    const event: RunEvent = { seq: index + 1, at: at(0), recordedAt: at(index), type, data };
    const step = logTranslation.event(state, event);
    state = step.state;
    return step.messages.map((line) => {
      expect(JSON.parse(logTranslation.encode(line))).toEqual({ ...line, timestamp: at(index) });
      return `${line.level} ${line.message}`;
    });
  });
}

describe('the server log of a crawl', () => {
  test('has its start, what failed, what robots.txt forbids, and its end', () => {
    const url = 'http://site.test/';
    const page = { kind: 'crawl.page', url: `${url}b`, status: 'failed', processed: 2, message: 'it answered 404' };
    expect(
      lines(
        ['run.started', { input: { url } }],
        ['agent.started', {}],
        ['agent.emitted', { kind: 'crawl.stage', stage: 'crawling', total: 1 }],
        ['agent.emitted', { kind: 'crawl.page', url, status: 'ok', processed: 1 }],
        ['agent.emitted', page],
        ['agent.emitted', page],
        ['agent.emitted', { kind: 'crawl.skipped', url: `${url}private` }],
        ['agent.attempt_failed', { message: 'the worker is gone' }],
        ['run.completed', { result: { pages: 1, chunks: 2, failedUrls: [`${url}b`] } }],
        ['run.continued', { input: { url } }],
        ['agent.emitted', { ...page, processed: 1 }],
        ['run.failed', { error: { message: 'no page could be read' } }],
      ),
    ).toEqual([
      'INFO crawl cp-19 started for http://site.test/',
      'INFO crawl cp-19 fetches pages; known so far: 1',
      'WARNING crawl cp-19 could not fetch http://site.test/b: it answered 404',
      'INFO crawl cp-19 skipped http://site.test/private: robots.txt forbids it',
      'WARNING crawl cp-19 failed in an attempt: the worker is gone',
      'INFO crawl cp-19 completed: 1 pages crawled, 2 chunks stored, 1 failed',
      'INFO crawl cp-19 started again for http://site.test/',
      'WARNING crawl cp-19 could not fetch http://site.test/b: it answered 404',
      'ERROR crawl cp-19 failed: no page could be read',
    ]);
  });
});

describe('the ring', () => {
  const line = (second: number, owner: string | null = null) => {
    return { timestamp: at(second), level: 'INFO' as const, message: String(second), owner };
  };
  const everybody = () => true;

  test('keeps the last lines, in the order of their time, whatever order they come in', () => {
    const ring = new LogRing(4);
    for (const second of [5, 1, 3, 3, 9, 2, 7]) ring.add(line(second));
    expect(ring.latest({ limit: 10, sees: everybody }).map(({ message }) => message)).toEqual(['3', '5', '7', '9']);
    expect(ring.latest({ limit: 2, sees: everybody }).map(({ message }) => message)).toEqual(['7', '9']);
  });

  test('gives of it what may be seen', () => {
    const ring = new LogRing(10);
    for (const second of [1, 2, 3, 4]) ring.add(line(second, second % 2 === 0 ? 'ada' : null));
    expect(ring.latest({ limit: 10, sees: (owner) => owner === 'ada' }).map(({ message }) => message)).toEqual([
      '2',
      '4',
    ]);
  });
});
