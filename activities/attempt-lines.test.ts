import { expect, test } from 'vitest';
import { agentLogAttemptLines, agentLogAttemptReserve } from '../protocol/limits.ts';
import { createLog } from '../runtime/log.ts';
import type { WrittenLine } from '../stores/agent-logs/agent-log-writer.ts';
import { ManualClock } from '../test/harness/manual-clock.ts';
import { agentLog } from './agent-log.ts';
import { AttemptLines } from './attempt-lines.ts';

const place = { run: 'run-1', agent: 'smith', step: 'smith#1', attempt: 2 };

function bench(level = 'info') {
  const kept: WrittenLine[] = [];
  const printed: Record<string, unknown>[] = [];
  const clock = new ManualClock();
  const sink = { isFull: false, add: (line: WrittenLine) => !sink.isFull && kept.push(line) > 0 };
  const lines = new AttemptLines(place, sink, clock);
  const log = createLog('worker', level, {
    write: (text) => void printed.push(JSON.parse(text) as Record<string, unknown>),
  });
  return { kept, printed, sink, lines, clock, log: agentLog(log, place, lines) };
}

test('what an agent logs goes to the process’s log as it is set, and every level is kept with its place', () => {
  const { log, kept, printed, clock } = bench('warn');
  log.debug('looking');
  log.error('broken', { url: 'http://a.example/' });
  expect(printed).toMatchObject([{ run: 'run-1', step: 'smith#1', attempt: 2, msg: 'broken' }]);
  const at = new Date(clock.now()).toISOString();
  expect(kept).toEqual([
    { ...place, at, level: 'debug', message: 'looking', fields: '{}' },
    { ...place, at, level: 'error', message: 'broken', fields: '{"url":"http://a.example/"}' },
  ]);
});

test('what is secret, broken or circular is kept as the process’s log has it', () => {
  const { log, kept, printed } = bench();
  const circle: Record<string, unknown> = { name: 'c' };
  circle['self'] = circle;
  const fields = {
    token: 't-1',
    headers: { authorization: 'Bearer t-2', accept: '*/*' },
    inner: { apiKey: 't-3', level: 30 },
    err: new TypeError('no such page'),
    circle,
    none: undefined,
    act: () => 1,
    level: 'own',
    msg: 'own message',
  };
  log.info('said', fields);
  const own = new Set(['time', 'role', 'pid', ...Object.keys(place)]);
  const line = Object.fromEntries(Object.entries(printed[0] ?? {}).filter(([name]) => !own.has(name)));
  const stored = JSON.parse(kept[0]?.fields ?? '') as Record<string, unknown>;
  expect({ ...stored, msg: 'said' }).toEqual(line);
  expect(JSON.stringify(kept)).not.toMatch(/t-[123]/);
  expect(stored).toMatchObject({ token: '[redacted]', err: { type: 'TypeError', message: 'no such page' } });
});

test('a talkative attempt keeps so many lines, room for what went wrong, and says how many were left out', () => {
  const { log, kept, lines } = bench('error');
  for (let index = 0; index < agentLogAttemptLines + 50; index++) log.info(String(index));
  expect(kept).toHaveLength(agentLogAttemptLines - agentLogAttemptReserve);
  for (let index = 0; index < agentLogAttemptReserve + 5; index++) log.warn('why');
  expect(kept).toHaveLength(agentLogAttemptLines);
  lines.end();
  lines.end();
  log.error('after the end');
  expect(kept).toHaveLength(agentLogAttemptLines + 1);
  expect(kept.at(-1)).toMatchObject({ level: 'warn', fields: '{"leftOut":155}' });
});

test('lines that cannot be kept now count as left out, and fields that cannot be written fail nobody', () => {
  const { lines, sink, kept } = bench();
  sink.isFull = true;
  lines.write('info', 'lost', {});
  sink.isFull = false;
  lines.write('warn', 'odd', {
    get broken(): string {
      throw new Error('no getter');
    },
  });
  lines.end();
  expect(kept).toMatchObject([
    { message: 'odd', fields: expect.stringContaining('no getter') as unknown },
    { fields: '{"leftOut":1}' },
  ]);
});
