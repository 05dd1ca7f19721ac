import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ledgerFlushMs } from '../../protocol/limits.ts';
import { RunLedger } from './run-ledger.ts';

let dataDir: string;
const ledgers: RunLedger[] = [];
const open = (onFault: (error: unknown) => void = () => expect.unreachable()) => {
  const ledger = new RunLedger(dataDir, onFault);
  ledgers.push(ledger);
  return ledger;
};

beforeEach(async () => {
  vi.useFakeTimers();
  dataDir = await mkdtemp(join(tmpdir(), 'baton-ledger-'));
});
afterEach(async () => {
  for (const ledger of ledgers.splice(0)) ledger.close();
  vi.useRealTimers();
  await rm(dataDir, { recursive: true, force: true });
});

test('a run that was noted is known at once here, and within a second in every other process', () => {
  const [one, other] = [open(), open()];
  one.note('run-1');
  expect([one.has('run-1'), one.has('run-2'), other.has('run-1')]).toEqual([true, false, false]);
  vi.advanceTimersByTime(ledgerFlushMs);
  expect(other.has('run-1')).toBe(true);
  other.note('run-1');
  vi.advanceTimersByTime(ledgerFlushMs);
  expect(one.has('run-1')).toBe(true);
});

test('what was noted last is written when the process ends', () => {
  const ledger = open();
  ledger.note('run-1');
  ledger.close();
  expect(open().has('run-1')).toBe(true);
});

test('once it is closed it makes no file, whoever still asks', async () => {
  const ledger = open();
  ledger.note('run-0');
  ledger.close();
  for (const name of await readdir(dataDir)) await rm(join(dataDir, name));
  ledger.note('run-1');
  vi.advanceTimersByTime(2 * ledgerFlushMs);
  expect([ledger.has('run-0'), ledger.has('run-1')]).toEqual([false, false]);
  expect(() => ledger.forget('run-1')).toThrow('closed');
  expect(await readdir(dataDir)).toEqual([]);
});

test('a run that is forgotten is forgotten everywhere, also one that was not written yet', () => {
  const [one, other] = [open(), open()];
  one.note('run-1');
  vi.advanceTimersByTime(ledgerFlushMs);
  one.note('run-2');
  other.forget('run-1');
  one.forget('run-2');
  vi.advanceTimersByTime(ledgerFlushMs);
  expect([one.has('run-1'), other.has('run-2')]).toEqual([false, false]);
});

test('the file tells nobody an id', async () => {
  const ledger = open();
  ledger.note('ann-divorce-17');
  ledger.close();
  const bytes = await readFile(join(dataDir, 'ledger.sqlite'));
  expect(bytes.length).toBeGreaterThan(0);
  expect(bytes.includes('ann-divorce-17')).toBe(false);
});

test('what could not be written is told, and written as soon as it can be', async () => {
  const file = join(dataDir, 'ledger.sqlite');
  await mkdir(file);
  const onFault = vi.fn<(error: unknown) => void>();
  const ledger = open(onFault);
  ledger.note('run-1');
  vi.advanceTimersByTime(ledgerFlushMs);
  expect(onFault).toHaveBeenCalledOnce();
  await rm(file, { recursive: true });
  vi.advanceTimersByTime(ledgerFlushMs);
  expect(onFault).toHaveBeenCalledOnce();
  expect(open().has('run-1')).toBe(true);
});
