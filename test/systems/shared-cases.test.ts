/**
 * What holds of every system and of the native protocol alike: the product as it is started, worker and gateway in processes
 * of their own, and clients that know only their contract.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { startProduct, type Product } from '../harness/product.ts';
import { unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';
import { systems, systemSettings } from './drivers/all-systems.ts';
import { startWebSearch, type WebSearch } from './scam-analysis/web-search.ts';
import type { Frame, RunKind, SystemDriver, SystemWatcher } from './drivers/system-driver.ts';

let product: Product;
let site: Site;
let web: WebSearch;
beforeAll(async () => {
  // By itself a check has ended before the slower systems have said a word.
  web = await startWebSearch({ delayMs: 250 });
  const settings = { ...systemSettings, EXA_API_KEY: 'a-key', EXA_BASE_URL: web.url };
  product = await startProduct(settings, { args: ['--split'] });
  site = await startSite({ pages: 30, delayMs: 40 });
});
afterAll(async () => {
  await product.stop();
  await site.stop();
  await web.stop();
});

const begin = (system: SystemDriver, kind: RunKind, id = unique(system.name)) =>
  system.start(product.url, id, kind, site.url);
const aKindOf = ({ kinds }: SystemDriver): RunKind => (kinds.includes('slow') ? 'slow' : 'quick');
const midRun = (watcher: SystemWatcher) => watcher.until(() => watcher.story().length >= 1, 20_000);

describe.each(systems)('$name', (system) => {
  const { name, waitsForRun, tellsHistory, repeatsNewest = false, kinds, resumes, asking } = system;

  test('two that watch from the beginning are told the same, and every law of the contract holds', async () => {
    const chosen = unique(name);
    const watch = (id: string) => Promise.all([system.watch(product.url, id), system.watch(product.url, id)]);
    const early = waitsForRun ? await watch(chosen) : null;
    const id = await begin(system, aKindOf(system), chosen);
    const [one, other] = early ?? (await watch(id));
    await Promise.all([one.ended(), other.ended()]);
    expect(one.story()).toEqual(other.story());
    expect(system.broken(one.frames)).toEqual([]);
    expect(system.broken(other.frames)).toEqual([]);
    one.drop();
    other.drop();
  });

  test('who comes in the middle, and who comes after the end, is told what is due to them', async () => {
    const id = await begin(system, aKindOf(system));
    const early = await system.watch(product.url, id);
    await midRun(early);
    const told = early.story().length;
    const late = await system.watch(product.url, id);
    await Promise.all([early.ended(), late.ended()]);
    const after = await system.watch(product.url, id);
    await after.ended();
    const whole = early.story();
    if (tellsHistory) {
      expect(late.story()).toEqual(whole);
      expect(after.story()).toEqual(whole);
    } else {
      const due = late.story();
      // What was told before they came is not told again, and nothing of what came after is missing.
      expect(due.length).toBeGreaterThan(0);
      expect(due.length).toBeLessThanOrEqual(whole.length - told + (repeatsNewest ? 1 : 0));
      expect(due).toEqual(whole.slice(-due.length));
      expect(after.story()).toEqual(repeatsNewest ? whole.slice(-1) : []);
    }
    for (const watcher of [early, late, after]) watcher.drop();
  });

  if (resumes) {
    test('who leaves and comes back with a cursor has everything once', async () => {
      const id = await begin(system, aKindOf(system));
      const whole = await system.watch(product.url, id);
      const first = await system.watch(product.url, id);
      await midRun(first);
      first.drop();
      const cursor = first.cursor();
      const seen = first.story().length;
      const second = await system.watch(product.url, id, cursor);
      await Promise.all([whole.ended(), second.ended()]);
      expect([...first.story().slice(0, seen), ...second.story()]).toEqual(whole.story());
      whole.drop();
      second.drop();
    });
  }

  test('a cancel ends it within two seconds, for everybody', async () => {
    const chosen = unique(name);
    const watch = (id: string) => Promise.all([system.watch(product.url, id), system.watch(product.url, id)]);
    const early = waitsForRun ? await watch(chosen) : null;
    const id = await begin(system, kinds.includes('asks') ? 'asks' : aKindOf(system), chosen);
    const watchers = early ?? (await watch(id));
    // A check of a message takes no time to wait for.
    if (name !== 'scam') await Promise.all(watchers.map((watcher) => midRun(watcher)));
    expect(await system.cancel(product.url, id)).toBe(202);
    await Promise.all(watchers.map((watcher) => watcher.ended(2_000)));
    await expect.poll(() => system.cancel(product.url, id)).toBe(409);
    expect(await system.cancel(product.url, unique('nobody'))).toBe(404);
    for (const watcher of watchers) watcher.drop();
  });

  test('one that stops reading disturbs nobody, and hears the rest when it reads again', async () => {
    const id = await begin(system, aKindOf(system));
    const slow = await system.watch(product.url, id);
    const other = await system.watch(product.url, id);
    slow.pause();
    await other.ended();
    slow.resume();
    await slow.ended();
    expect(slow.story().at(-1)).toEqual(other.story().at(-1));
    slow.drop();
    other.drop();
  });

  test('nonsense from a client changes nothing', async () => {
    const id = await begin(system, aKindOf(system));
    const watcher = await system.watch(product.url, id);
    const other = await system.watch(product.url, id);
    const nonsense = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.record({ type: fc.string(), id: fc.jsonValue() }).map((value) => JSON.stringify(value)),
      fc
        .record({ type: fc.constantFrom('chat', 'init', 'feedback', 'hitl_response', 'message') })
        .map((value) => JSON.stringify(value)),
    );
    for (const frame of fc.sample(nonsense, 50)) watcher.send(frame);
    await other.ended();
    expect(system.broken(other.frames)).toEqual([]);
    watcher.drop();
    other.drop();
  });

  if (asking === undefined) return;
  describe('a question', () => {
    const isAsked = (frame: Frame) => asking.isAsked(frame);
    const answer = (id: string, asked: Frame) => asking.answer(product.url, id, asked);
    const answerWrongly = (id: string, asked: Frame) => asking.answerWrongly(product.url, id, asked);

    test('is answered once, refused when it is wrong, given twice or too late', async () => {
      const id = await begin(system, 'asks');
      const watcher = await system.watch(product.url, id);
      const asked = await watcher.until(isAsked, 20_000);
      expect(await answerWrongly(id, asked)).toBeGreaterThanOrEqual(400);
      const statuses = await Promise.all([answer(id, asked), answer(id, asked)]);
      expect(statuses.filter((status) => status < 300)).toHaveLength(1);
      expect(statuses).toContain(409);
      await watcher.ended();
      expect(await answer(id, asked)).toBe(409);
      watcher.drop();
    });

    test('whose time is up goes on without an answer', async () => {
      const id = await begin(system, 'expires');
      const watcher = await system.watch(product.url, id);
      const asked = await watcher.until(isAsked, 20_000);
      await watcher.ended();
      expect(await answer(id, asked)).toBe(409);
      watcher.drop();
    });

    test('waits while no worker and no watcher is there, and takes its answer then', async () => {
      const id = await begin(system, 'asks');
      const before = await system.watch(product.url, id);
      const asked = await before.until(isAsked, 20_000);
      before.drop();
      process.kill(product.launched.pidOf('worker'), 'SIGKILL');
      expect(await answer(id, asked)).toBeLessThan(300);
      const after = await system.watch(product.url, id);
      await after.ended();
      after.drop();
    });
  });
});

describe('where the gateway goes, whoever watches', () => {
  /** A run of each system, with a watcher at that address who has been told something. */
  const watchAll = (url: string) =>
    Promise.all(
      systems.map(async (system) => {
        const id = await begin(system, aKindOf(system));
        const watcher = await system.watch(url, id);
        await midRun(watcher);
        return { system, id, watcher };
      }),
    );
  type Watched = Awaited<ReturnType<typeof watchAll>>[number];

  const codes = (watched: readonly Watched[]) =>
    Promise.all(watched.map(async ({ system, watcher }) => [system.name, (await watcher.closed).code]));

  /** What each is told after it has come back makes, with what it had, the whole. */
  const comeBack = async ({ system, id, watcher }: Watched) => {
    const again = await system.watch(product.url, id, system.resumes ? watcher.cursor() : undefined);
    await again.ended();
    again.drop();
    if (!system.tellsHistory) return;
    const whole = await system.watch(product.url, id);
    await whole.ended();
    whole.drop();
    expect(system.broken(whole.frames)).toEqual([]);
    const before = system.resumes ? watcher.story() : [];
    expect([...before, ...again.story()]).toEqual(whole.story());
  };

  test('is told 1001 where it stops, and finds the run at another', async () => {
    const doomed = await product.startGateway();
    const watched = await watchAll(doomed.url);
    await doomed.stop();
    expect(await codes(watched)).toEqual(systems.map(({ name }) => [name, 1001]));
    await Promise.all(watched.map(comeBack));
  });

  test('loses the connection where it is killed, and finds the run at the same address again', async () => {
    const watched = await watchAll(product.url);
    const pid = product.launched.pidOf('gateway');
    process.kill(pid, 'SIGKILL');
    expect(await codes(watched)).toEqual(systems.map(({ name }) => [name, 1006]));
    await until('the next gateway', () =>
      fetch(`${product.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    expect(product.launched.pidOf('gateway')).not.toBe(pid);
    await Promise.all(watched.map(comeBack));
  });
});
