import { expect, test } from 'vitest';
import { BatonError } from '../../../protocol/errors.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import { Translator } from '../translation.ts';
import { contractClocks } from './clocks.ts';
import { CrawlSocket } from './crawl-socket.ts';
import { crawlTranslation } from './translation.ts';

test('the first frame says where the crawl stands, however long Temporal takes to answer: no ping comes before it', async () => {
  const frames: unknown[] = [];
  const intervals: (() => void)[] = [];
  const connection = { isOpen: true };
  const socket = {
    get isOpen() {
      return connection.isOpen;
    },
    send: (text: string) => frames.push(JSON.parse(text)),
    every: (_ms: number, act: () => void) => intervals.push(act),
    after: () => ({ [Symbol.dispose]: () => undefined }),
  } as unknown as DialectSocket;
  const answer = Promise.withResolvers<string>();
  const guard = {
    blueprintOf: () => answer.promise,
    whenBegun: () => ({ [Symbol.dispose]: () => undefined }),
  } as unknown as Guard;
  const passAnInterval = () => {
    for (const act of intervals) act();
  };
  const translator = new Translator(crawlTranslation);
  const watching = new CrawlSocket(socket, 'cp-1', { guard, translator, clocks: contractClocks, log: {} as Log });
  passAnInterval();
  expect(frames).toEqual([]);
  answer.reject(new BatonError('run_not_found', 'there is none'));
  await expect.poll(() => frames).not.toEqual([]);
  passAnInterval();
  expect(frames).toEqual([
    { type: 'connection_established', data: { progressId: 'cp-1', status: 'waiting' } },
    { type: 'ping' },
  ]);
  connection.isOpen = false;
  watching.closed();
});
