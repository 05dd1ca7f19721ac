/**
 * A terminal's last lines, drawn again and again, with text that scrolls away above them. Everything is written in
 * one piece, so that nothing flickers; what is wider than the terminal must have been cut before.
 */
export interface Terminal {
  write(text: string): void;
}

const hideCursor = '\u001B[?25l';
const showCursor = '\u001B[?25h';
const clearBelow = '\u001B[J';

export class Screen {
  readonly #terminal: Terminal;
  #drawn: string[] = [];
  #isOn = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Lines that stay, above the live ones. */
  print(lines: readonly string[]): void {
    if (lines.length > 0) this.#write(lines, this.#drawn);
  }

  draw(lines: readonly string[]): void {
    if (this.#isOn && lines.join('\n') !== this.#drawn.join('\n')) this.#write([], lines);
  }

  /** The live lines go, so that something else may use the terminal until `resume`. */
  pause(): void {
    this.#write([], []);
    this.#terminal.write(showCursor);
    this.#isOn = false;
  }

  resume(): void {
    this.#isOn = true;
  }

  /** The live lines stay as they are, and the cursor stands below them. */
  close(): void {
    this.#terminal.write(showCursor);
    this.#drawn = [];
    this.#isOn = false;
  }

  #write(above: readonly string[], live: readonly string[]): void {
    const up = this.#drawn.length === 0 ? '' : `\u001B[${this.#drawn.length}A`;
    const shown = this.#isOn ? [...live] : [];
    const text = [...above, ...shown].map((line) => `${line}\n`).join('');
    this.#terminal.write(`${shown.length > 0 ? hideCursor : ''}${up}\r${clearBelow}${text}`);
    this.#drawn = shown;
  }
}
