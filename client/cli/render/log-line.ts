import type { LogLine } from '../../types.ts';
import type { Theme } from './theme.ts';
import { cut, plain } from './text.ts';
import { clock, pairs, type LineOptions } from './timeline.ts';

const looks: Readonly<Record<LogLine['level'], { name: string; style: keyof Theme }>> = {
  debug: { name: 'debug', style: 'dim' },
  info: { name: 'info ', style: 'cyan' },
  warn: { name: 'warn ', style: 'yellow' },
  error: { name: 'error', style: 'red' },
};

/** What an agent has logged, as a line of the terminal. Pure. */
export function logLineText(line: LogLine, { theme, columns }: LineOptions): string {
  const { name, style } = looks[line.level];
  const time = clock(line.at);
  const who = plain(line.step);
  const said = line.unreadable === undefined ? [plain(line.message), pairs(line.fields)] : [plain(line.unreadable)];
  const words = cut(said.filter((each) => each !== '').join(' '), columns - time.length - who.length - name.length - 3);
  return `${theme.dim(time)} ${theme[style](name)} ${theme.bold(who)} ${words}`;
}
