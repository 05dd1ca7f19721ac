import { expect, test } from 'vitest';
import type { EventsPage, RunEvent } from '../../client/index.ts';
import { LogScan, matchesKept, placeOf, type LogSource } from './log-scan.ts';

const event = (seq: number): RunEvent => ({
  seq,
  at: '',
  recordedAt: '',
  type: seq % 10 === 0 ? 'agent.failed' : 'agent.emitted',
  data: {},
});
const failures = { type: 'failures', agent: '', step: '', text: '' };
const all = { type: '', agent: '', step: '', text: '' };

/** A log of which `held` are at hand; whole pages are asked for by hand. */
function log(lastSeq: number, held: (seq: number) => boolean = () => false) {
  const asked: number[] = [];
  const waiting: (() => void)[] = [];
  const source: LogSource & { lastSeq: number } = {
    lastSeq,
    pages: { get: (seq: number) => (held(seq) && seq <= source.lastSeq ? event(seq) : undefined) },
    read: (after: number, limit: number, signal: AbortSignal) =>
      new Promise<EventsPage>((resolve, reject) => {
        asked.push(after);
        signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
        const next = Math.min(source.lastSeq, after + limit);
        const events = Array.from({ length: next - after }, (_, index) => event(after + 1 + index));
        waiting.push(() => resolve({ events, next }));
      }),
  };
  const answer = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { source, asked, answer };
}

test('a log is looked through page by page, and how far is told', async () => {
  const { source, asked, answer } = log(2_500);
  const scan = new LogScan(source, failures, () => undefined);
  scan.goOn();
  await answer();
  expect(scan.standing).toMatchObject({ state: 'reading', fraction: 0.4, found: 100 });
  await answer();
  await answer();
  expect(scan.standing).toMatchObject({ state: 'idle', fraction: 1, found: 250 });
  expect(asked).toEqual([0, 1_000, 2_000]);
});

test('what comes while a log is followed is taken from what is at hand', async () => {
  const { source, asked, answer } = log(1_000, (seq) => seq > 1_000);
  const scan = new LogScan(source, failures, () => undefined);
  scan.goOn();
  await answer();
  source.lastSeq = 1_030;
  scan.goOn();
  expect(scan.standing).toMatchObject({ state: 'idle', found: 103 });
  expect(asked).toEqual([0]);
});

test('what was found at hand is told, as what was fetched is', () => {
  let told = 0;
  const { source } = log(30, () => true);
  const scan = new LogScan(source, failures, () => told++);
  scan.goOn();
  expect([told, scan.standing.found]).toEqual([1, 3]);
  scan.goOn();
  expect(told).toBe(1);
});

test('stopped, it asks for nothing more and keeps what it has found', async () => {
  const { source, asked, answer } = log(5_000);
  const scan = new LogScan(source, failures, () => undefined);
  scan.goOn();
  await answer();
  scan.stop();
  await answer();
  scan.goOn();
  expect(asked).toEqual([0, 1_000]);
  expect(scan.standing).toMatchObject({ state: 'stopped', found: 100 });
});

test('it ends where it has found more than anybody reads', async () => {
  const { source, answer } = log(matchesKept + 5_000);
  const scan = new LogScan(source, all, () => undefined);
  scan.goOn();
  for (let page = 0; page < 30; page++) await answer();
  expect(scan.standing).toMatchObject({ state: 'full', found: matchesKept });
});

test('a seq is found among those that fit, or the one after it', () => {
  const events = [3, 7, 12].map(event);
  expect([1, 3, 4, 12, 13].map((seq) => placeOf(events, seq))).toEqual([0, 0, 1, 2, 3]);
});
