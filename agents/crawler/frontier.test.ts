import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Address,
  createFrontier,
  finish,
  type Frontier,
  isOverLimit,
  note,
  offer,
  restoreProcessed,
  restoreQueued,
  take,
} from './frontier.ts';

const wide = { maxDepth: 3, limit: 100, capacity: 100 };
const at = (url: string, depth = 0): Address => ({ url, depth });

function drain(frontier: Frontier): string[] {
  const taken: string[] = [];
  for (let next = take(frontier); next !== null; next = take(frontier)) taken.push(next.url);
  return taken;
}

describe('the frontier of a crawl', () => {
  test('gives addresses in the order in which they were found, each once', () => {
    const frontier = createFrontier(wide);
    offer(frontier, [at('a'), at('b'), at('a')]);
    expect(take(frontier)).toEqual(at('a'));
    expect(finish(frontier, 'a', [at('b', 1), at('c', 1), at('a', 1)])).toEqual([at('c', 1)]);
    expect(drain(frontier)).toEqual(['b', 'c']);
  });

  test('counts a page only together with its links, so that the first page does not fill the bar', () => {
    const frontier = createFrontier(wide);
    offer(frontier, [at('a')]);
    take(frontier);
    finish(
      frontier,
      'a',
      ['b', 'c', 'd'].map((url) => at(url, 1)),
    );
    expect(frontier.percentage).toBe(15 + Math.floor(45 / 4));
    expect([frontier.processed, frontier.total]).toEqual([1, 4]);
  });

  test('takes nothing deeper than allowed, and only the first page at depth 0', () => {
    const frontier = createFrontier({ ...wide, maxDepth: 0 });
    offer(frontier, [at('a')]);
    take(frontier);
    expect(finish(frontier, 'a', [at('b', 1)])).toEqual([]);
    expect(isOverLimit(frontier)).toBe(false);
  });

  test('does not count what was only noted, and never queues it', () => {
    const frontier = createFrontier(wide);
    expect(note(frontier, 'secret')).toBe(true);
    expect(note(frontier, 'secret')).toBe(false);
    expect(offer(frontier, [at('secret')])).toEqual([]);
    expect(frontier.total).toBe(0);
  });

  test('stops at the limit with what is under way counted, and says that there is more', () => {
    const frontier = createFrontier({ ...wide, limit: 2, capacity: 3 });
    offer(
      frontier,
      ['a', 'b', 'c', 'd'].map((url) => at(url)),
    );
    expect(drain(frontier)).toEqual(['a', 'b']);
    expect(isOverLimit(frontier)).toBe(true);
    expect([frontier.total, frontier.beyond]).toEqual([3, 1]);
  });

  test('goes on after a restart with what was queued, and never with what was processed', () => {
    const frontier = createFrontier(wide, 33);
    restoreProcessed(frontier, 'a');
    restoreQueued(frontier, at('b', 1));
    offer(frontier, [at('a'), at('c')]);
    expect(drain(frontier)).toEqual(['b', 'c']);
    expect(frontier.percentage).toBe(33);
  });

  test('over any site and order of finishing: each address once, no percentage falls, the counts agree', () => {
    const sites = fc.array(fc.array(fc.nat(29), { maxLength: 6 }), { minLength: 1, maxLength: 30 });
    const settings = fc.record({
      maxDepth: fc.nat(4),
      limit: fc.integer({ min: 1, max: 40 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(sites, settings, fc.infiniteStream(fc.nat(100)), (site, { maxDepth, limit, concurrency }, picks) => {
        const frontier = createFrontier({ maxDepth, limit, capacity: 35 });
        const depths = new Map([['0', 0]]);
        const fetched: string[] = [];
        const flying: Address[] = [];
        let percentage = 0;
        offer(frontier, [at('0')]);
        for (;;) {
          const next = flying.length < concurrency ? take(frontier) : null;
          if (next) {
            fetched.push(next.url);
            flying.push(next);
            continue;
          }
          if (flying.length === 0) break;
          const [page] = flying.splice((picks.next().value ?? 0) % flying.length, 1) as [Address];
          const links = (site[Number(page.url)] ?? []).map((link) => at(String(link), page.depth + 1));
          for (const { url, depth } of finish(frontier, page.url, links)) depths.set(url, depth);
          expect(frontier.percentage).toBeGreaterThanOrEqual(percentage);
          expect(frontier.percentage).toBeLessThanOrEqual(60);
          expect(frontier.processed).toBeLessThanOrEqual(frontier.total);
          ({ percentage } = frontier);
        }
        expect(new Set(fetched).size).toBe(fetched.length);
        expect(fetched.length).toBe(frontier.processed);
        expect(frontier.processed).toBe(Math.min(frontier.total, limit));
        expect(Math.max(...depths.values())).toBeLessThanOrEqual(maxDepth);
        if (!isOverLimit(frontier)) expect(frontier.percentage).toBe(60);
      }),
      { numRuns: 500 },
    );
  });
});
