import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  agentLogFlushMs,
  agentLogKeptLines,
  agentLogLineBytes,
  agentLogRetryMs,
  agentLogWaitingMax,
} from '../../protocol/limits.ts';
import { KeyRing } from '../encryption/key-ring.ts';
import { AgentLogReader, type LineFilter } from './agent-log-reader.ts';
import { AgentLogWriter, type WrittenLine } from './agent-log-writer.ts';
import { readSaid, writeSaid } from './said.ts';

const key = { id: 'k1', bytes: randomBytes(32) };
let dataDir: string;
const open: { close(): void }[] = [];
const keep = <T extends { close(): void }>(opened: T): T => (open.push(opened), opened);
const writer = (keys = new KeyRing(), onFault: (error: unknown) => void = () => expect.unreachable()) =>
  keep(new AgentLogWriter(dataDir, keys, onFault));
const reader = (keys = new KeyRing()) => keep(new AgentLogReader(dataDir, keys));
const line = (message: string, more: Partial<WrittenLine> = {}): WrittenLine => ({
  at: '2026-11-21T10:00:00.000Z',
  level: 'info',
  run: 'run-1',
  agent: 'smith',
  step: 'smith#1',
  attempt: 1,
  message,
  fields: '{}',
  ...more,
});
const flush = () => vi.advanceTimersByTime(agentLogFlushMs);
const newest = (from: AgentLogReader, filter: LineFilter = {}, limit = 100) => from.page(filter, { limit }).items;
const said = (from: AgentLogReader, filter?: LineFilter) => newest(from, filter).map(({ message }) => message);

beforeEach(async () => {
  vi.useFakeTimers();
  dataDir = await mkdtemp(join(tmpdir(), 'baton-agent-logs-'));
});
afterEach(async () => {
  for (const each of open.splice(0)) each.close();
  vi.useRealTimers();
  await rm(dataDir, { recursive: true, force: true });
});

test('what one process writes every other one reads within a moment, and readers make no file', () => {
  const reading = reader();
  expect(reading.isThere).toBe(false);
  expect(reading.page({}, { limit: 9 })).toEqual({ items: [], next: 0, previous: null });
  expect(existsSync(join(dataDir, 'agent-logs.sqlite'))).toBe(false);
  const [one, other] = [writer(), writer()];
  expect(reading.isThere).toBe(true);
  one.add(line('first', { level: 'warn', fields: '{"url":"http://a.example/"}' }));
  other.add(line('second', { run: 'run-2' }));
  expect(newest(reading)).toEqual([]);
  flush();
  expect(newest(reading)).toEqual([
    { ...line('first'), id: 1, level: 'warn', fields: { url: 'http://a.example/' } },
    { ...line('second'), id: 2, run: 'run-2', fields: {} },
  ]);
});

test('what was logged last is written when the process ends', () => {
  const writing = writer();
  writing.add(line('last'));
  writing.close();
  expect(said(reader())).toEqual(['last']);
});

test('lines are found by level, run, step and agent, and by several of them at once', () => {
  const writing = writer();
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    for (const step of ['smith#1', 'clerk#1'])
      writing.add(line(`${step} ${level}`, { level, step, agent: step.slice(0, 5), run: `run-of-${step}` }));
  flush();
  const reading = reader();
  expect(said(reading, { level: 'warn', agent: 'smith' })).toEqual(['smith#1 warn', 'smith#1 error']);
  expect(said(reading, { level: 'error' })).toEqual(['smith#1 error', 'clerk#1 error']);
  expect(said(reading, { run: 'run-of-clerk#1', level: 'info' })).toHaveLength(3);
  expect(said(reading, { step: 'clerk#1', level: 'debug' })).toHaveLength(4);
  expect(said(reading, { run: 'run-of-clerk#1', step: 'smith#1' })).toEqual([]);
});

test('whoever reads on, or back, page by page, has every line once and in order, whoever writes meanwhile', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (bursts, limit) => {
        rmLines();
        const writers = [writer(), writer()];
        const reading = reader();
        const forward: string[] = [];
        let count = 0;
        let next = 0;
        for (const burst of bursts) {
          for (let index = 0; index < burst; index++) writers[count % 2]?.add(line(String(count++)));
          flush();
          const page = reading.page({ run: 'run-1' }, { after: next, limit });
          forward.push(...page.items.map(({ message }) => message));
          next = page.next;
        }
        for (let more = true; more;) {
          const page = reading.page({ run: 'run-1' }, { after: next, limit });
          forward.push(...page.items.map(({ message }) => message));
          next = page.next;
          more = page.items.length > 0;
        }
        const backward: string[] = [];
        for (let before: number | null | undefined; before !== null;) {
          const page = reading.page({}, before === undefined ? { limit } : { before, limit });
          backward.unshift(...page.items.map(({ message }) => message));
          before = page.previous;
        }
        const all = Array.from({ length: count }, (_, index) => String(index));
        expect(forward.toSorted((a, b) => Number(a) - Number(b))).toEqual(all);
        expect(backward).toEqual(forward);
        for (const each of open.splice(0)) each.close();
      },
    ),
    { numRuns: 25 },
  );
});

function rmLines(): void {
  const { rmSync } = process.getBuiltinModule('node:fs');
  rmSync(dataDir, { recursive: true, force: true });
}

test('a place beyond the end leads back to the newest: the file may be a new one', () => {
  const writing = writer();
  writing.add(line('one'));
  flush();
  const reading = reader();
  expect(reading.page({}, { after: 999, limit: 9 })).toEqual({ items: [], next: 1, previous: 1_000 });
  expect(reading.page({}, { before: Number.MAX_SAFE_INTEGER, limit: 9 })).toMatchObject({
    items: [{ id: 1 }],
    next: 1,
  });
});

test('the newest lines are kept, and no more than there is room for', () => {
  const writing = writer();
  writing.add(line('old'));
  flush();
  // As if so many had come since.
  const file = new DatabaseSync(join(dataDir, 'agent-logs.sqlite'));
  file.exec(`UPDATE sqlite_sequence SET seq = ${agentLogKeptLines - 1}`);
  file.close();
  writing.add(line('new'));
  flush();
  const reading = reader();
  expect(newest(reading).map(({ id }) => id)).toEqual([1, agentLogKeptLines]);
  writing.add(line('newer'));
  flush();
  expect(said(reading)).toEqual(['new', 'newer']);
});

test('a line is never larger than its limit, and says what was cut', () => {
  const keys = new KeyRing();
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.nat(200),
      fc.nat(200),
      (word, other, times, often) => {
        const [message, value] = [word.repeat(times), other.repeat(often)];
        const { said: text } = writeSaid(keys, line(''), { message, fields: JSON.stringify({ value }) });
        expect(Buffer.byteLength(String(text))).toBeLessThanOrEqual(agentLogLineBytes);
        const read = readSaid(keys, line(''), { key: null, said: text });
        if (Buffer.byteLength(JSON.stringify([message, { value }])) <= agentLogLineBytes)
          expect(read).toEqual({ message, fields: { value } });
        else expect(JSON.stringify(read)).toContain('(cut, ');
      },
    ),
  );
});

test('nothing that was said stands in the file where there is a key, and a line is read only where it was written', async () => {
  const keys = new KeyRing([key]);
  const writing = writer(keys);
  writing.add(line('a tern', { fields: '{"bird":"plover"}' }));
  flush();
  expect(newest(reader(keys))).toMatchObject([{ message: 'a tern', fields: { bird: 'plover' } }]);
  for (const name of await readdir(dataDir)) {
    const bytes = await readFile(join(dataDir, name));
    for (const word of ['tern', 'plover', 'bird']) expect(bytes.includes(word), `${word} in ${name}`).toBe(false);
  }
  expect(newest(reader())).toMatchObject([{ message: '', unreadable: expect.stringContaining('key k1') as unknown }]);
  const file = new DatabaseSync(join(dataDir, 'agent-logs.sqlite'));
  file.exec("UPDATE line SET run = 'run-2'");
  file.close();
  expect(newest(reader(keys))).toMatchObject([
    { message: '', unreadable: expect.stringContaining('altered') as unknown },
  ]);
  writing.add(line('another'));
  flush();
  expect(said(reader(keys))).toEqual(['', 'another']);
});

test('a run that is deleted leaves no line, nor its words in the file, and the others stay', async () => {
  vi.useRealTimers();
  const writing = writer();
  for (let index = 0; index < 1_500; index++) writing.add(line('a tern'));
  writing.add(line('a plover', { run: 'run-2' }));
  writing.close();
  const reading = reader();
  expect(await reading.delete('run-1')).toBe(1_500);
  expect(await reading.delete('run-1')).toBe(0);
  expect(said(reading)).toEqual(['a plover']);
  for (const name of await readdir(dataDir))
    expect((await readFile(join(dataDir, name))).includes('tern'), name).toBe(false);
});

test('a file that cannot be written holds nobody up: so many wait, the fault is told once, and they come later', async () => {
  await rm(dataDir, { recursive: true });
  await mkdir(join(dataDir, 'agent-logs.sqlite'), { recursive: true });
  const faults: unknown[] = [];
  const writing = writer(new KeyRing(), (error) => faults.push(error));
  for (let index = 0; index < agentLogWaitingMax; index++) expect(writing.add(line(String(index)))).toBe(true);
  expect(writing.add(line('one too many'))).toBe(false);
  vi.advanceTimersByTime(5 * agentLogRetryMs);
  expect(faults).toHaveLength(1);
  await rm(join(dataDir, 'agent-logs.sqlite'), { recursive: true });
  vi.advanceTimersByTime(agentLogRetryMs);
  expect(newest(reader(), {}, agentLogWaitingMax + 1)).toHaveLength(agentLogWaitingMax);
  expect(writing.add(line('again'))).toBe(true);
});
