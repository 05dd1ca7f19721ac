import { expect, test } from 'vitest';
import type { LogLine } from '../../types.ts';
import { logLineText } from './log-line.ts';
import { widthOf } from './text.ts';
import { noColours } from './theme.ts';

const line = (more: Partial<LogLine> = {}): LogLine => ({
  id: 7,
  at: '2026-01-01T10:20:30.000Z',
  level: 'warn',
  run: 'run-1',
  agent: 'crawler',
  step: 'crawler#1',
  attempt: 1,
  message: 'a page failed',
  fields: { url: 'http://a.example/', status: 500 },
  ...more,
});
const text = (shown: LogLine, columns = Number.MAX_SAFE_INTEGER) => logLineText(shown, { theme: noColours, columns });

test('a line says when, how grave, which step, what and beside it', () => {
  expect(text(line())).toMatch(/^\d\d:\d\d:\d\d warn {2}crawler#1 a page failed url=http:\/\/a\.example\/ status=500$/);
  expect(text(line({ fields: {}, message: '', unreadable: 'the key is missing' }))).toMatch(
    /crawler#1 the key is missing$/,
  );
});

test('it fits the terminal, and nothing of it reaches beyond its line', () => {
  const hostile = line({ message: 'a\u001B[2Jb\nc', fields: { ['x'.repeat(200)]: '\u0007' } });
  expect(widthOf(text(hostile, 60))).toBeLessThanOrEqual(60);
  expect(text(hostile)).toContain('ab c ');
  expect(text(hostile)).not.toMatch(/\p{Cc}/u);
});
