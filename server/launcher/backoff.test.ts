import { expect, test } from 'vitest';
import { afterEnd, noBackoff } from './backoff.ts';

test('a process that was up for a while is started again at once, however often it is killed', () => {
  let backoff = noBackoff;
  for (let kill = 0; kill < 20; kill++) {
    const decision = afterEnd(backoff, 60_000);
    expect(decision).toMatchObject({ delayMs: 0, loop: false });
    backoff = decision.next;
  }
});

test('ends soon after the start are answered by growing delays up to 10 s, and called a loop from the fourth on', () => {
  let backoff = noBackoff;
  const seen: { delayMs: number; loop: boolean }[] = [];
  for (let crash = 0; crash < 10; crash++) {
    const { next, delayMs, loop } = afterEnd(backoff, 100);
    seen.push({ delayMs, loop });
    backoff = next;
  }
  expect(seen.map((each) => each.delayMs)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
  expect(seen.findIndex((each) => each.loop)).toBe(3);
  expect(afterEnd(backoff, 10_000).next).toEqual(noBackoff);
});
