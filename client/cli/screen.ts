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

  /** Lines that stay scroll in above, and the live ones are drawn anew. Nothing is written where nothing changes. */
  update(above: readonly string[], live: readonly string[]): void {
    const isSame = live.join('\n') === this.#drawn.join('\n');
    if (above.length > 0 || (this.#isOn && !isSame)) this.#write(above, live);
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
