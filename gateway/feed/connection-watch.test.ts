import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectionLookMs } from '../../protocol/limits.ts';
import { watchConnection } from './connection-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells each time whether there was an answer, and nothing once it is let go', async () => {
  const told: boolean[] = [];
  const answers = [true, false, true];
  let asked = 0;
  const watching = watchConnection(
    () => (answers[asked++] === true ? Promise.resolve() : Promise.reject(new Error('no answer'))),
    (isUp) => told.push(isUp),
  );
  await vi.advanceTimersByTimeAsync(3 * connectionLookMs);
  expect(told).toEqual(answers);
  watching[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(3 * connectionLookMs);
  expect(asked).toBe(3);
});
