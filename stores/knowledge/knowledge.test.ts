import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Knowledge, openKnowledge } from './knowledge.ts';
import { purgeKnowledge } from './purge.ts';

let folder: string;
let knowledge: Knowledge;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-knowledge-'));
  knowledge = openKnowledge(folder);
});
afterEach(() => {
  knowledge.close();
  rmSync(folder, { recursive: true, force: true });
});

const now = '2026-01-05T12:00:00.000Z';

interface Sample {
  run?: string;
  owner?: string | null;
  url?: string;
  pages: { url: string; title: string; texts: string[] }[];
}

/** A whole crawl, from its claim to its publication. */
function store({ run = 'run-1', owner = null, url = 'http://site.test/', pages }: Sample, publish = true): string {
  const crawl = knowledge.claimCrawl({ run, step: 'crawler#1' }, owner, { workId: `${run}/crawler#1` });
  const staged = pages.map((page, n) => ({
    n,
    url: page.url,
    title: page.title,
    chunks: page.texts.map((text) => ({ text, words: text.split(' ').length })),
  }));
  crawl.stagePages(staged, 70, now);
  while (crawl.indexStaged(now) > 0);
  let source = '';
  if (publish) {
    crawl.publish({ owner, url, title: pages[0]?.title ?? url, run, tags: ['t'], now }, (published) => {
      source = published.sourceId;
      return { set: { result: '{}' } };
    });
  }
  return source;
}

describe('the knowledge store', () => {
  test('finds chunks with every word before chunks with some, and titles count more than text', () => {
    store({
      pages: [
        { url: 'http://site.test/a', title: 'Other', texts: ['the heron stands in the reeds', 'nothing here'] },
        { url: 'http://site.test/b', title: 'Heron', texts: ['a bird of long legs', 'reeds alone'] },
      ],
    });
    const both = knowledge.search('heron reeds', 10);
    expect(both.map(({ text }) => text)).toEqual([
      'reeds alone',
      'the heron stands in the reeds',
      'a bird of long legs',
    ]);
    expect(both[0]).toMatchObject({ url: 'http://site.test/b', title: 'Heron', run: 'run-1', sourceId: 'src-1' });
    expect(knowledge.search('heron', 1)).toHaveLength(1);
  });

  test('finds whole words, without regard to case and accents; beginnings with a star, or when nothing else is there', () => {
    store({
      pages: [{ url: 'http://site.test/', title: 'T', texts: ['Crème brûlée', 'category of things', 'a cat'] }],
    });
    const texts = (query: string) => knowledge.search(query, 10).map(({ text }) => text);
    expect(texts('CREME')).toEqual(['Crème brûlée']);
    expect(texts('cat')).toEqual(['a cat']);
    expect(texts('cat*').toSorted()).toEqual(['a cat', 'category of things']);
    expect(texts('categ')).toEqual(['category of things']);
    expect(texts('dog')).toEqual([]);
  });

  test('what one owner stored is not found for another, and the same address of two owners is two sources', () => {
    const page = { url: 'http://site.test/', title: 'T', texts: ['heron'] };
    store({ run: 'a', owner: 'ada', pages: [page] });
    store({ run: 'b', owner: 'bob', pages: [page] });
    store({ run: 'n', owner: null, pages: [page] });
    expect(knowledge.search('heron', 10, { owner: 'ada' }).map(({ run }) => run)).toEqual(['a']);
    expect(knowledge.search('heron', 10, { owner: null }).map(({ run }) => run)).toEqual(['n']);
    expect(knowledge.search('heron', 10)).toHaveLength(3);
    expect(knowledge.sources({ owner: 'bob' }).map(({ run }) => run)).toEqual(['b']);
    expect(knowledge.deleteSource('src-1', { owner: 'bob' })).toBe(false);
    expect(knowledge.deleteOwner('bob')).toBe(1);
    expect(knowledge.sources()).toHaveLength(2);
  });

  test('a crawl that has not ended is invisible, and the next of the same address replaces everything at once', async () => {
    const first = store({ pages: [{ url: 'http://site.test/', title: 'Old', texts: ['old heron', 'old reeds'] }] });
    const created = knowledge.sources()[0]?.createdAt;
    store({ run: 'run-2', pages: [{ url: 'http://site.test/', title: 'New', texts: ['new heron'] }] }, false);
    expect(knowledge.search('heron', 10).map(({ text }) => text)).toEqual(['old heron']);
    const second = store({ run: 'run-3', pages: [{ url: 'http://site.test/', title: 'New', texts: ['new heron'] }] });
    expect(second).toBe(first);
    expect(knowledge.search('heron reeds', 10).map(({ text }) => text)).toEqual(['new heron']);
    expect(knowledge.sources()).toMatchObject([
      { sourceId: first, title: 'New', run: 'run-3', pages: 1, chunks: 1, words: 2, tags: ['t'], createdAt: created },
    ]);
    await purgeKnowledge(knowledge);
    expect(knowledge.search('heron', 10).map(({ text }) => text)).toEqual(['new heron']);
  });

  test('deleting a run takes what it stored, and counts as a change', async () => {
    store({
      run: 'a',
      pages: [{ url: 'http://site.test/', title: 'T', texts: Array.from({ length: 450 }, () => 'heron') }],
    });
    const before = knowledge.changes();
    expect(knowledge.deleteRun('a')).toBe(1);
    expect(knowledge.deleteRun('a')).toBe(0);
    expect(knowledge.search('heron', 10)).toEqual([]);
    expect(knowledge.changes()).toBe(before + 1);
    await purgeKnowledge(knowledge);
    store({ run: 'b', pages: [{ url: 'http://other.test/', title: 'T', texts: ['heron again'] }] });
    expect(knowledge.search('heron', 10).map(({ text }) => text)).toEqual(['heron again']);
  });

  test('is one connection in a process, closed by the last who holds it', () => {
    const second = openKnowledge(folder);
    knowledge.close();
    knowledge.close();
    expect(second.search('x', 1)).toEqual([]);
    second.close();
    expect(() => second.search('x', 1)).toThrow();
    knowledge = openKnowledge(folder);
  });
});

describe('several processes at once', () => {
  test('each creates and writes the same file, none fails, and a reader never sees half a source', async () => {
    const other = mkdtempSync(join(tmpdir(), 'baton-knowledge-shared-'));
    const script = join(import.meta.dirname, '../../test/fixtures/knowledge-writer.ts');
    const writers = ['w1', 'w2', 'w3'].map((name) =>
      promisify(execFile)(process.execPath, [script, other, name, '12']),
    );
    const reader = openKnowledge(other);
    let seen = 0;
    const done = Promise.all(writers).then((outputs) => ({ outputs }));
    for (let finished = false; !finished;) {
      finished = await Promise.race([done.then(() => true), new Promise<false>((next) => setImmediate(next, false))]);
      // Each publication of the writers is 50 chunks that all carry one and the same generation.
      const hits = reader.search('generation', 100, { owner: 'w1' });
      if (hits.length > 0) seen += 1;
      expect([0, 50]).toContain(hits.length);
      expect(new Set(hits.map(({ text }) => text)).size).toBe(hits.length === 0 ? 0 : 1);
    }
    const { outputs } = await done;
    // The module's experimental warning is silenced, and nothing else has been written.
    expect(outputs.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    expect(seen).toBeGreaterThan(0);
    expect(reader.sources()).toHaveLength(3);
    reader.close();
    rmSync(other, { recursive: true, force: true });
  }, 60_000);
});
