import { expect, test } from 'vitest';
import { BatonError } from '../../../protocol/errors.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { Sessions } from './sessions.ts';
import { Watcher } from './watcher.ts';

function watch({ running, fold }: { running: () => Promise<string[]>; fold: () => Promise<never> }) {
  const opened: string[] = [];
  let held = 0;
  const open = (run: string) => {
    opened.push(run);
    held++;
    return Promise.resolve({ run, ended: false, view: () => ({ endedAt: null }), [Symbol.dispose]: () => void held-- });
  };
  const guard = { open, onBegun: () => ({ [Symbol.dispose]: () => undefined }) } as unknown as Guard;
  const sessions = { running, fold, context: { log: { debug: () => undefined } } } as unknown as Sessions;
  const socket = { after: (_ms: number, act: () => void) => queueMicrotask(act) } as unknown as DialectSocket;
  return { watcher: new Watcher(sessions, guard, socket, { hasCopies: true }), opened, held: () => held };
}

const lost = () => Promise.reject(new BatonError('blob_not_found', 'what the log tells is lost'));

test('a watcher that came while Temporal was away looks again for what runs', async () => {
  let asked = 0;
  const running = () =>
    ++asked === 1 ? Promise.reject(new BatonError('temporal_down', 'it is away')) : Promise.resolve(['ki:s']);
  const { opened, watcher } = watch({ running, fold: lost });
  await expect.poll(() => opened).toEqual(['ki:s']);
  watcher[Symbol.dispose]();
});

test('a log that cannot be read is let go of', async () => {
  const { opened, held, watcher } = watch({ running: () => Promise.resolve(['ki:s']), fold: lost });
  await expect.poll(() => opened).toEqual(['ki:s']);
  await expect.poll(held).toBe(0);
  watcher[Symbol.dispose]();
});
