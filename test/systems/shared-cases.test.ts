/** What holds of every system and of the native protocol alike, by clients that know only their contract. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { unique } from '../harness/temporal-server.ts';
import { systems, systemSettings } from './drivers/all-systems.ts';
import type { Frame, RunKind, SystemDriver, SystemWatcher } from './drivers/system-driver.ts';

let gateway: TestGateway;
let site: Site;
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { LOG_LEVEL: 'silent', ...systemSettings } });
  site = await startSite({ pages: 30, delayMs: 40 });
});
afterAll(async () => {
  await gateway.stop();
  await site.stop();
});

const begin = (system: SystemDriver, kind: RunKind, id = unique(system.name)) =>
  system.start(gateway.url, id, kind, site.url);
const aKindOf = ({ kinds }: SystemDriver): RunKind => (kinds.includes('slow') ? 'slow' : 'quick');
const midRun = (watcher: SystemWatcher) => watcher.until(() => watcher.story().length >= 1, 20_000);

describe.each(systems)('$name', (system) => {
  const { name, waitsForRun, tellsHistory, resumes, kinds, asking } = system;

  test('two that watch from the beginning are told the same, and every law of the contract holds', async () => {
    const chosen = unique(name);
    const watch = (id: string) => Promise.all([system.watch(gateway.url, id), system.watch(gateway.url, id)]);
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
    const early = await system.watch(gateway.url, id);
    await midRun(early);
    const late = await system.watch(gateway.url, id);
    await Promise.all([early.ended(), late.ended()]);
    const after = await system.watch(gateway.url, id);
    if (name !== 'rooms') await after.ended();
    if (tellsHistory) {
      expect(late.story()).toEqual(early.story());
      expect(after.story()).toEqual(early.story());
    } else {
      const tail = late.story().slice(1);
      expect(early.story().slice(-tail.length)).toEqual(tail);
      expect(late.story().length).toBeLessThan(early.story().length + 1);
    }
    for (const watcher of [early, late, after]) watcher.drop();
  });

  if (resumes) {
    test('who leaves and comes back with a cursor has everything once', async () => {
      const id = await begin(system, aKindOf(system));
      const whole = await system.watch(gateway.url, id);
      const first = await system.watch(gateway.url, id);
      await midRun(first);
      first.drop();
      const cursor = first.cursor();
      const seen = first.story().length;
      const second = await system.watch(gateway.url, id, cursor);
      await Promise.all([whole.ended(), second.ended()]);
      expect([...first.story().slice(0, seen), ...second.story()]).toEqual(whole.story());
      whole.drop();
      second.drop();
    });
  }

  test('a cancel ends it within two seconds, for everybody', async () => {
    const chosen = unique(name);
    const watch = (id: string) => Promise.all([system.watch(gateway.url, id), system.watch(gateway.url, id)]);
    const early = waitsForRun ? await watch(chosen) : null;
    const id = await begin(system, kinds.includes('asks') ? 'asks' : aKindOf(system), chosen);
    const watchers = early ?? (await watch(id));
    // A check of a message takes no time to wait for.
    if (name !== 'scam') await Promise.all(watchers.map((watcher) => midRun(watcher)));
    expect(await system.cancel(gateway.url, id)).toBe(202);
    await Promise.all(watchers.map((watcher) => watcher.ended(2_000)));
    await expect.poll(() => system.cancel(gateway.url, id)).toBe(409);
    expect(await system.cancel(gateway.url, unique('nobody'))).toBe(404);
    for (const watcher of watchers) watcher.drop();
  });

  test('whoever’s gateway stops is told 1001, and finds the run at another', async () => {
    const doomed = await gateway.startSecond();
    const id = await begin(system, aKindOf(system));
    const watcher = await system.watch(doomed.url, id);
    await midRun(watcher);
    await doomed.surface.stop();
    expect((await watcher.closed).code).toBe(1001);
    const seen = watcher.story().length;
    const again = await system.watch(gateway.url, id, resumes ? watcher.cursor() : undefined);
    await again.ended();
    if (resumes) {
      const whole = await system.watch(gateway.url, id);
      await whole.ended();
      expect([...watcher.story().slice(0, seen), ...again.story()]).toEqual(whole.story());
    }
    again.drop();
  });

  test('one that stops reading disturbs nobody, and hears the rest when it reads again', async () => {
    const id = await begin(system, aKindOf(system));
    const slow = await system.watch(gateway.url, id);
    const other = await system.watch(gateway.url, id);
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
    const watcher = await system.watch(gateway.url, id);
    const other = await system.watch(gateway.url, id);
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
    const answer = (id: string, asked: Frame) => asking.answer(gateway.url, id, asked);
    const answerWrongly = (id: string, asked: Frame) => asking.answerWrongly(gateway.url, id, asked);

    test('is answered once, refused when it is wrong, given twice or too late', async () => {
      const id = await begin(system, 'asks');
      const watcher = await system.watch(gateway.url, id);
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
      const watcher = await system.watch(gateway.url, id);
      const asked = await watcher.until(isAsked, 20_000);
      await watcher.ended();
      expect(await answer(id, asked)).toBe(409);
      watcher.drop();
    });

    test('waits while no worker and no watcher is there', async () => {
      const id = await begin(system, 'asks');
      const before = await system.watch(gateway.url, id);
      const asked = await before.until(isAsked, 20_000);
      before.drop();
      expect(await answer(id, asked)).toBeLessThan(300);
      const after = await system.watch(gateway.url, id);
      await after.ended();
      after.drop();
    });
  });
});
