/** Where a text stops being JSON, and why, in words: browsers say it each in their own way, or not at all. Pure. */
export interface JsonFault {
  /** From 1, both. */
  line: number;
  column: number;
  message: string;
}

/** Deeper ones the gateway does not take, and the stack would not hold. */
const deepest = 200;

class Stop extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** null where it is JSON. */
export function jsonFault(text: string): JsonFault | null {
  try {
    new Scanner(text).whole();
    return null;
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    const before = text.slice(0, stop.at).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: stop.message };
  }
}

class Scanner {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): void {
    this.#space();
    if (this.#at === this.#text.length) this.#stop('there is nothing yet');
    this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#stop('something comes after the end of the value');
  }

  #value(depth: number): void {
    if (depth > deepest) this.#stop('it is nested too deeply');
    this.#space();
    const next = this.#text[this.#at];
    if (next === '{') this.#members(depth);
    else if (next === '[') this.#entries(depth);
    else if (next === '"') this.#string();
    else if (next === "'") this.#stop('text stands in double quotes');
    else if (next === undefined) this.#stop('a value is missing at the end');
    else if (!this.#take(/(?:true|false|null)(?![\w$])/y) && !this.#number()) this.#stop(wordsFor(this.#rest()));
  }

  #members(depth: number): void {
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === '}') return void this.#at++;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"')
        this.#stop(this.#text[this.#at] === '}' ? 'a comma too many' : 'a name in double quotes is missing');
      this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') this.#stop('a colon is missing after the name');
      this.#at++;
      this.#value(depth + 1);
      if (this.#isEnd('}')) return;
    }
  }

  #entries(depth: number): void {
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === ']') return void this.#at++;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] === ']') this.#stop('a comma too many');
      this.#value(depth + 1);
      if (this.#isEnd(']')) return;
    }
  }

  /** Past a comma, or past the end. */
  #isEnd(bracket: '}' | ']'): boolean {
    this.#space();
    const next = this.#text[this.#at];
    if (next !== bracket && next !== ',') {
      this.#stop(next === undefined ? `a ${bracket} is missing at the end` : `a comma or ${bracket} is missing`);
    }
    this.#at++;
    return next === bracket;
  }

  #string(): void {
    const start = this.#at;
    this.#at++;
    for (;;) {
      // oxlint-disable-next-line no-control-regex
      this.#take(/[^"\\\u0000-\u001f]+/y);
      const next = this.#text[this.#at];
      if (next === '"') return void this.#at++;
      if (next === undefined || next === '\n' || next === '\r') {
        this.#at = start;
        this.#stop('the text that begins here does not end on its line');
      }
      if (next !== '\\') this.#stop('a control character stands in the text: write it with a backslash');
      if (!this.#take(/\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y)) this.#stop('no such sequence begins with a backslash');
    }
  }

  #number(): boolean {
    const start = this.#at;
    if (!this.#take(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y)) return false;
    if (/^-?0\d/.test(this.#text.slice(start, start + 3))) {
      this.#at = start;
      this.#stop('a number does not begin with a zero');
    }
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found !== null;
  }

  #space(): void {
    this.#take(/[ \t\r\n]+/y);
  }

  #rest(): string {
    return this.#text.slice(this.#at, this.#at + 20);
  }

  #stop(message: string): never {
    throw new Stop(this.#at, message);
  }
}

function wordsFor(rest: string): string {
  if (/^[}\],:]/.test(rest)) return 'a value is missing';
  if (/^[-+.\d]/.test(rest)) return 'this is not a number';
  if (/^\/[/*]/.test(rest)) return 'JSON has no comments';
  return 'text stands in double quotes; without them there are true, false, null and numbers';
}
