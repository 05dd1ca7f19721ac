import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crawlLogEntriesOnJoin, crawlLogEntriesWaitedFor } from '../../../protocol/limits.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { CrawlLog } from './crawl-log.ts';
import { LogRing } from './log-ring.ts';
import { LogSocket } from './log-socket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const disposable = () => ({ [Symbol.dispose]: () => undefined });

/** A socket that came at second 10. The lines of the log have been read, or have once `read` is resolved. */
function open(isRead = false) {
  const sent: string[] = [];
  const ring = new LogRing(1_000);
  const read = Promise.withResolvers<void>();
  const socket = {
    isOpen: true,
    cork: (send: () => void) => send(),
    sendJson: ({ message }: { message: string }) => sent.push(message),
  } as unknown as DialectSocket;
  const crawlLog = {
    hold: disposable,
    listen: disposable,
    isRead,
    ready: () => read.promise,
    latest: ring.latest.bind(ring),
  } as unknown as CrawlLog;
  const log = new LogSocket(socket, {
    crawlLog,
    guard: { sees: (owner) => owner !== 'bob' } as Guard,
    log: {} as Log,
    now: at(10),
  });
  const write = (second: number, count: number, owner: string | null = null) => {
    for (let n = 0; n < count; n++)
      ring.add({ timestamp: at(second).toISOString(), level: 'INFO', message: `${second}: ${n}`, owner });
  };
  const join = async () => {
    read.resolve();
    await vi.advanceTimersByTimeAsync(0);
    log.closed();
    return sent;
  };
  return { write, join };
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const lines = (second: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${second}: ${from + n}`);

test('who waits for the log to be read gets every line from since it came, also more than the latest', async () => {
  const { write, join } = open();
  write(9, 10);
  write(10, 1);
  write(11, crawlLogEntriesOnJoin);
  write(11, 5, 'bob');
  expect(await join()).toEqual([...lines(10, 0, 1), ...lines(11, 0, crawlLogEntriesOnJoin)]);
});

test('of what was written before it came it gets the latest', async () => {
  const { write, join } = open();
  write(9, crawlLogEntriesOnJoin + 10);
  write(11, 5);
  expect(await join()).toEqual([...lines(9, 15, crawlLogEntriesOnJoin + 10), ...lines(11, 0, 5)]);
});

test('it gets no more than may wait for a client', async () => {
  const { write, join } = open();
  write(11, crawlLogEntriesWaitedFor + 1);
  expect(await join()).toEqual(lines(11, 1, crawlLogEntriesWaitedFor + 1));
});

test('who comes when it has been read gets the latest, whatever the clocks say', async () => {
  const { write, join } = open(true);
  write(11, crawlLogEntriesOnJoin + 10);
  expect(await join()).toEqual(lines(11, 10, crawlLogEntriesOnJoin + 10));
});
