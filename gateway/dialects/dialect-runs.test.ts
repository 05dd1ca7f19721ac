import { expect, test, vi } from 'vitest';
import { BatonError } from '../../protocol/errors.ts';
import { cursorRetryMs } from '../../protocol/limits.ts';
import type { Guard } from '../auth/guard.ts';
import { AwaitedRuns } from '../feed/awaited-runs.ts';
import { DialectRuns } from './dialect-runs.ts';

const runs = new DialectRuns('archon', ['crawl']);

class Engine {
  readonly awaited = new AwaitedRuns();
  /** Blueprint by run. */
  readonly known = new Map<string, string>();
  readonly asked: string[] = [];
  isAway = false;
  readonly guard = {
    blueprintOf: async (run: string) => {
      await Promise.resolve();
      this.asked.push(run);
      if (this.isAway) throw new BatonError('temporal_down', 'it is away');
      const blueprint = this.known.get(run);
      if (blueprint === undefined) throw new BatonError('run_not_found', `there is no run ${run}`);
      return blueprint;
    },
    whenBegun: (ids: readonly string[], begun: (run: string) => void) => this.awaited.when(ids, begun),
  } as unknown as Guard;

  begin(run: string, blueprint: string): void {
    this.known.set(run, blueprint);
    this.awaited.tell(run);
  }
}

test('a client’s run is found by the prefix first, by its bare id if it is the dialect’s own, and never under another’s prefix', async () => {
  const engine = new Engine();
  engine.known.set('a', 'echo').set('b', 'crawl').set('archon:c', 'crawl').set('c', 'crawl').set('scam:d', 'crawl');
  const found = await Promise.all(['a', 'b', 'c', 'scam:d', 'no id!'].map((id) => runs.findOrNull(engine.guard, id)));
  expect(found).toEqual([null, 'b', 'archon:c', null, null]);
});

test('who waits is told of the run of either name, and neither of another blueprint’s nor of one it may not see', async () => {
  const engine = new Engine();
  const told: string[] = [];
  const waits = ['a', 'b', 'c'].map((id) => runs.whenBegun(engine.guard, id, (run) => told.push(run)));
  engine.begin('a', 'echo');
  engine.awaited.tell('b');
  engine.begin('c', 'crawl');
  engine.begin('archon:a', 'crawl');
  await expect.poll(() => told).toEqual(['c', 'archon:a']);
  expect(engine.asked).toEqual(['a', 'b', 'c', 'archon:a']);
  for (const wait of waits) wait[Symbol.dispose]();
  expect(engine.awaited.ids).toEqual([]);
});

test('a run that begins while Temporal is away is told once it is back, and not to who has gone', async () => {
  vi.useFakeTimers();
  try {
    const engine = new Engine();
    const told: string[] = [];
    const [stays, goes] = ['stays', 'goes'].map((who) => runs.whenBegun(engine.guard, 'a', () => told.push(who)));
    engine.isAway = true;
    engine.begin('a', 'crawl');
    await vi.advanceTimersByTimeAsync(cursorRetryMs * 2.5);
    expect(told).toEqual([]);
    engine.isAway = false;
    goes?.[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(cursorRetryMs);
    expect(told).toEqual(['stays']);
    stays?.[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a wait for the first run ends with it, or with the signal’s reason, and leaves nothing behind', async () => {
  const engine = new Engine();
  const [kept, dropped] = [new AbortController(), new AbortController()];
  const first = runs.begun(engine.guard, 'a', kept.signal);
  const second = runs.begun(engine.guard, 'b', dropped.signal);
  engine.begin('archon:a', 'crawl');
  expect(await first).toBe('archon:a');
  dropped.abort(new Error('the client has gone'));
  await expect(second).rejects.toThrow('the client has gone');
  await expect(runs.begun(engine.guard, 'c', dropped.signal)).rejects.toThrow('the client has gone');
  expect(engine.awaited.ids).toEqual([]);
});
