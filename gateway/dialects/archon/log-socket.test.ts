import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crawlLogEntriesOnJoin } from '../../../protocol/limits.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { CrawlLog } from './crawl-log.ts';
import { LogRing } from './log-ring.ts';
import { LogSocket } from './log-socket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const disposable = () => ({ [Symbol.dispose]: () => undefined });

/** A socket that came now; the lines of the log have been read once `read` is resolved. */
function open() {
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
    ready: () => read.promise,
    latest: ring.latest.bind(ring),
  } as unknown as CrawlLog;
  const log = new LogSocket(socket, { crawlLog, guard: { sees: () => true } as unknown as Guard, log: {} as Log });
  const write = (count: number, what: string) => {
    for (let n = 0; n < count; n++)
      ring.add({ timestamp: new Date().toISOString(), level: 'INFO', message: `${what} ${n}`, owner: null });
  };
  return { sent, write, read, log };
}

const later = () => vi.advanceTimersByTimeAsync(1);

test('who waited for the log to be read gets every line from since it came, also more than the latest', async () => {
  vi.setSystemTime('2026-01-01T00:00:01Z');
  const { sent, write, read, log } = open();
  vi.setSystemTime('2026-01-01T00:00:00Z');
  write(10, 'before');
  vi.setSystemTime('2026-01-01T00:00:02Z');
  write(crawlLogEntriesOnJoin + 10, 'since');
  read.resolve();
  await later();
  expect(sent).toHaveLength(crawlLogEntriesOnJoin + 10);
  expect(sent[0]).toBe('since 0');
  log.closed();
});

test('of what was written before it came it gets the latest', async () => {
  vi.setSystemTime('2026-01-01T00:00:02Z');
  const { sent, write, read, log } = open();
  vi.setSystemTime('2026-01-01T00:00:01Z');
  write(crawlLogEntriesOnJoin + 10, 'before');
  vi.setSystemTime('2026-01-01T00:00:03Z');
  write(5, 'since');
  read.resolve();
  await later();
  expect(sent).toHaveLength(crawlLogEntriesOnJoin);
  expect([sent[0], sent.at(-1)]).toEqual(['before 15', 'since 4']);
  log.closed();
});
