import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crawlLogLingerMs } from '../../../protocol/limits.ts';
import { createLog } from '../../../runtime/log.ts';
import { TestEngine } from '../../test-engine.ts';
import { CrawlLog } from './crawl-log.ts';
import { crawlBlueprint } from './find-crawl.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs begin by `begins`; who owns one is known once `owned` is resolved. */
function begin() {
  const engine = new TestEngine();
  const owned = Promise.withResolvers<{ owner: string | null; blueprint: string }>();
  const hints = new Set<(run: string) => void>();
  engine.feeds.onBegun = (hint) => {
    hints.add(hint);
    return { [Symbol.dispose]: () => void hints.delete(hint) };
  };
  engine.runs = { ...engine.runs, owner: () => owned.promise, watch: () => ({ [Symbol.dispose]: () => undefined }) };
  const begins = (id: string) => {
    const run = engine.begin(id);
    for (const hint of hints) hint(id);
    return run;
  };
  return { begins, owned, log: new CrawlLog(engine, createLog('test', 'silent')) };
}

const crawl = { owner: null, blueprint: crawlBlueprint };
const settled = () => vi.advanceTimersByTimeAsync(0);

test('a crawl is followed for as long as somebody wants the log, and a while longer', async () => {
  const { begins, owned, log } = begin();
  const hold = log.hold();
  const run = begins('c');
  owned.resolve(crawl);
  await settled();
  expect(run.openFeeds).toBe(1);
  hold[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(crawlLogLingerMs - 1);
  expect(run.openFeeds).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(run.openFeeds).toBe(0);
});

test('one that is known to be a crawl only after everybody has gone is not followed: nobody would let go of it', async () => {
  const { begins, owned, log } = begin();
  const hold = log.hold();
  const run = begins('c');
  hold[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(crawlLogLingerMs);
  owned.resolve(crawl);
  await settled();
  expect(run.openFeeds).toBe(0);
});
