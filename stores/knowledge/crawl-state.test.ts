import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Knowledge, openKnowledge } from './knowledge.ts';
import { purgeKnowledge } from './purge.ts';

let folder: string;
let knowledge: Knowledge;
const key = { run: 'run-1', step: 'crawler#1' };
const work = { workId: 'execution-1/crawler#1' };
const now = '2026-11-05T12:00:00.000Z';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-crawl-'));
  knowledge = openKnowledge(folder);
});
afterEach(() => {
  knowledge.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the state of a crawl on disk', () => {
  test('comes back as it was left: facts, pages in order, events that the log has not confirmed', () => {
    const first = knowledge.claimCrawl(key, null, work);
    const event = first.commit(
      {
        set: { stage: 'crawling', mode: 'webpage', percentage: 15 },
        add: [
          { url: 'http://site.test/', depth: 0, status: 'queued' },
          { url: 'http://site.test/secret', depth: 1, status: 'skipped' },
        ],
        events: [{ kind: 'crawl.stage', data: { stage: 'crawling' } }],
      },
      now,
    );
    first.commit(
      {
        finish: { url: 'http://site.test/', status: 'ok', title: 'Home', text: 'words' },
        events: [{ kind: 'crawl.page', data: { processed: 1 } }],
      },
      now,
    );
    first.confirm(event ?? 0);
    const again = knowledge.claimCrawl(key, null, work);
    expect(again.facts).toMatchObject({ stage: 'crawling', mode: 'webpage', site: null, percentage: 15, result: null });
    expect(again.pages()).toEqual([
      { url: 'http://site.test/', depth: 0, status: 'ok', reason: null },
      { url: 'http://site.test/secret', depth: 1, status: 'skipped', reason: null },
    ]);
    expect(again.goodPages(-1, 10)).toEqual([{ n: 0, url: 'http://site.test/', title: 'Home', text: 'words' }]);
    expect(again.unconfirmed().map((entry) => entry.event)).toEqual([{ kind: 'crawl.page', data: { processed: 1 } }]);
    again.commit({ add: [{ url: 'http://site.test/next', depth: 1, status: 'queued' }] }, now);
    expect(again.pages()).toHaveLength(3);
  });

  test('belongs to its newest claim: an attempt that was given up can write nothing more', () => {
    const old = knowledge.claimCrawl(key, null, work);
    const newer = knowledge.claimCrawl(key, null, work);
    const change = {
      set: { percentage: 40 },
      add: [{ url: 'http://site.test/', depth: 0, status: 'queued' as const }],
    };
    expect(() => old.commit(change, now)).toThrow(expect.objectContaining({ code: 'run_moved' }));
    expect(old.facts.percentage).toBe(0);
    expect(newer.pages()).toEqual([]);
    newer.commit(change, now);
    expect(newer.pages()).toHaveLength(1);
  });

  test('is all or nothing: a change that fails half-way leaves no trace', () => {
    const crawl = knowledge.claimCrawl(key, null, work);
    const twice = { url: 'http://site.test/', depth: 0, status: 'queued' as const };
    expect(() => crawl.commit({ set: { stage: 'crawling' }, add: [twice, twice] }, now)).toThrow(/UNIQUE/);
    expect(crawl.facts.stage).toBe('');
    expect(crawl.pages()).toEqual([]);
    crawl.commit({ add: [twice] }, now);
    expect(crawl.pages()).toHaveLength(1);
  });

  test('a claim of other work forgets what an earlier crawl under the same run and step has left', async () => {
    const crawl = knowledge.claimCrawl(key, null, work);
    crawl.commit({ set: { result: '{}' }, add: [{ url: 'http://site.test/', depth: 0, status: 'queued' }] }, now);
    expect(knowledge.claimCrawl(key, null, work).facts.result).toBe('{}');
    const otherWork = { workId: 'execution-2/crawler#1' };
    const fresh = knowledge.claimCrawl(key, null, otherWork);
    expect(fresh.facts.result).toBeNull();
    expect(fresh.pages()).toEqual([]);
    await purgeKnowledge(knowledge);
    expect(knowledge.claimCrawl(key, null, otherWork).facts.stage).toBe('');
  });

  test('purging spares a crawl that is under way and what it has staged', async () => {
    const crawl = knowledge.claimCrawl(key, null, work);
    crawl.commit({ add: [{ url: 'http://site.test/', depth: 0, status: 'queued' }] }, new Date().toISOString());
    crawl.stagePages([{ n: 0, url: 'http://site.test/', title: 'T', chunks: [{ text: 'heron', words: 1 }] }], 70, now);
    crawl.commit({}, new Date().toISOString());
    await purgeKnowledge(knowledge);
    expect(crawl.pages()).toHaveLength(1);
    expect(crawl.stagedUntil()).toBe(0);
    expect(crawl.indexStaged(now)).toBe(0);
  });

  test('purging forgets a crawl that nobody has touched for as long as runs are kept', async () => {
    knowledge.claimCrawl(key, null, work).commit({ set: { stage: 'crawling' } }, '2020-01-01T00:00:00.000Z');
    await purgeKnowledge(knowledge);
    expect(knowledge.claimCrawl(key, null, work).facts.stage).toBe('');
  });
});
