import { expect, test, vi } from 'vitest';
import { CallLimit } from './call-limit.ts';

test('no more calls than allowed are under way at once, in the order in which they came, also after one that failed', async () => {
  const limit = new CallLimit({ atOnce: 2, waitMs: 10_000 });
  const begun: number[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const results = [0, 1, 2, 3].map((index) =>
    limit.run(() => {
      begun.push(index);
      const end = Promise.withResolvers<number>();
      ends.push(end);
      return end.promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error('gone'));
  await expect(results[1]).rejects.toThrow('gone');
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  ends[0]?.resolve(0);
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  ends[2]?.resolve(2);
  ends[3]?.resolve(3);
  expect(await Promise.all([results[0], results[2], results[3]])).toEqual([0, 2, 3]);
  expect(await limit.run(() => Promise.resolve(4))).toBe(4);
});

test('a call is told the deadline that it had as it came, and one that waited beyond it is not made', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const limit = new CallLimit({ atOnce: 1, waitMs: 100 });
    const cameAtMs = Date.now();
    const first = Promise.withResolvers<void>();
    const running = limit.run(() => first.promise);
    const second = limit.run((deadlineMs) => Promise.resolve(deadlineMs));
    vi.setSystemTime(cameAtMs + 99);
    const third = limit.run(() => Promise.resolve('in time'));
    first.resolve();
    await running;
    expect(await second).toBe(cameAtMs + 100);
    expect(await third).toBe('in time');

    const blocking = Promise.withResolvers<void>();
    const blocked = limit.run(() => blocking.promise);
    const call = vi.fn<() => Promise<void>>();
    const late = limit.run(call);
    vi.setSystemTime(cameAtMs + 99 + 100);
    blocking.resolve();
    await blocked;
    await expect(late).rejects.toMatchObject({ code: 'temporal_down' });
    expect(call).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
