import { describe, expect, it } from 'vitest';
import { Screen } from './screen.ts';

const escapeOrText = new RegExp(String.raw`\x1B\[(\??\d*)([AJhl])|(\n)|(.)`, 'gs');

/** As much of a terminal as the screen uses: lines, cursor up, clear below. */
class TestTerminal {
  lines: string[] = [''];
  writes = 0;
  isCursorShown = true;
  #row = 0;
  write(text: string): void {
    this.writes++;
    for (const [, escape, code, newline, char] of text.matchAll(escapeOrText)) this.#put(escape, code, newline, char);
  }
  #put(
    escape: string | undefined,
    code: string | undefined,
    newline: string | undefined,
    char: string | undefined,
  ): void {
    if (code === 'A') this.#row -= Number(escape);
    else if (code === 'J') this.lines = [...this.lines.slice(0, this.#row), ''];
    else if (code === 'h' || code === 'l') this.isCursorShown = code === 'h';
    else if (newline) this.lines[++this.#row] ??= '';
    else if (char !== undefined && char !== '\r') this.lines[this.#row] += char;
  }
}

describe('the screen', () => {
  it('keeps the live lines below what scrolls', () => {
    const terminal = new TestTerminal();
    const screen = new Screen(terminal);
    screen.update([], ['bar 0 %', 'bar two']);
    screen.update(['event 1', 'event 2'], ['bar 50 %']);
    screen.update(['event 3'], ['bar 100 %']);
    expect(terminal.lines).toEqual(['event 1', 'event 2', 'event 3', 'bar 100 %', '']);
  });

  it('writes nothing where nothing has changed', () => {
    const terminal = new TestTerminal();
    const screen = new Screen(terminal);
    screen.update([], ['bar']);
    screen.update([], ['bar']);
    expect(terminal.writes).toBe(1);
  });

  it('gives the terminal away and takes it back', () => {
    const terminal = new TestTerminal();
    const screen = new Screen(terminal);
    screen.update(['event 1'], ['bar']);
    screen.pause();
    expect(terminal.lines).toEqual(['event 1', '']);
    expect(terminal.isCursorShown).toBe(true);
    terminal.write('question? yes\n');
    screen.resume();
    screen.update(['event 2'], ['bar']);
    expect(terminal.lines).toEqual(['event 1', 'question? yes', 'event 2', 'bar', '']);
  });

  it('leaves the last live lines standing, with the cursor shown', () => {
    const terminal = new TestTerminal();
    const screen = new Screen(terminal);
    screen.update([], ['bar 100 %']);
    expect(terminal.isCursorShown).toBe(false);
    screen.close();
    terminal.write('next\n');
    expect(terminal.lines).toEqual(['bar 100 %', 'next', '']);
    expect(terminal.isCursorShown).toBe(true);
  });
});
