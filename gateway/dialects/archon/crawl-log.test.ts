import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crawlLogEntries, crawlLogLingerMs, crawlLogRunsAtOnce } from '../../../protocol/limits.ts';
import type { RunSummary } from '../../../protocol/schemas/commands.ts';
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
  /** As the list of runs has it. */
  const listed: RunSummary[] = [];
  const lists = (id: string, lines: number, endedAt: string | null) => {
    const run = engine.begin(id);
    for (let n = run.lastSeq; n < lines; n++) run.append('agent.attempt_failed', { data: { message: String(n) } });
    listed.push({ id, owner: null, endedAt } as RunSummary);
    return run;
  };
  engine.runs.list = async () => ({ items: listed, nextCursor: null });
  return { begins, lists, owned, log: new CrawlLog(engine, createLog('test', 'silent')) };
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

test('a crawl that goes on is followed, also where newer ones have told more lines than are kept', async () => {
  const { lists, log } = begin();
  for (let n = 0; n < crawlLogRunsAtOnce; n++) lists(`ended-${n}`, crawlLogEntries, '2026-01-01T00:00:00.000Z');
  const run = lists('goes-on', 1, null);
  using _ = log.hold();
  await log.ready();
  expect(log.isRead).toBe(true);
  expect(run.openFeeds).toBe(1);
  const heard: string[] = [];
  log.listen(({ message }) => heard.push(message));
  run.append('agent.attempt_failed', { data: { message: 'late' } });
  await settled();
  expect(heard).toEqual([expect.stringContaining('late')]);
});

test('it is read only when that which wants it now has read it', async () => {
  const { lists, log } = begin();
  lists('c', 1, null);
  const first = log.hold();
  const reading = log.ready();
  expect(log.isRead).toBe(false);
  first[Symbol.dispose]();
  log.close();
  await reading;
  expect(log.isRead).toBe(false);
});
