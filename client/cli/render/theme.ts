import { styleText } from 'node:util';

type Style = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';
export type Theme = Readonly<Record<Style, (text: string) => string>>;

const styles: readonly Style[] = ['dim', 'bold', 'red', 'green', 'yellow', 'blue', 'cyan', 'magenta'];

function themeOf(paint: (style: Style, text: string) => string): Theme {
  return Object.fromEntries(styles.map((style) => [style, (text: string) => paint(style, text)])) as unknown as Theme;
}

export const colours: Theme = themeOf((style, text) => styleText(style, text, { validateStream: false }));
export const noColours: Theme = themeOf((_style, text) => text);

/** Colours on a terminal only; NO_COLOR (any value) takes them away, FORCE_COLOR gives them. */
export function wantsColours(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0';
  return isTerminal && environment['TERM'] !== 'dumb';
}

/** How a status looks, everywhere the same. */
export function paintStatus(theme: Theme, status: string, text: string = status): string {
  switch (status) {
    case 'completed':
    case 'answered':
      return theme.green(text);
    case 'failed':
    case 'terminated':
    case 'timed_out':
    case 'stuck':
      return theme.red(text);
    case 'waiting':
    case 'asking':
    case 'cancelling':
    case 'pending':
    case 'paused':
      return theme.yellow(text);
    case 'cancelled':
      return theme.magenta(text);
    default:
      return theme.cyan(text);
  }
}
