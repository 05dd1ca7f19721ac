/** Collects a document's text as blocks and joins them: list items and table rows on lines, the rest by blank lines. */
type Kind = 'paragraph' | 'heading' | 'item' | 'row' | 'code';

export class TextBlocks {
  readonly #parts: string[] = [];
  readonly #lists: { mark: '-' | '1.'; count: number }[] = [];
  #kind: Kind = 'paragraph';
  #prefix = '';
  #buffer = '';
  #last: Kind | null = null;

  /** Text within a line; white space is one blank. */
  inline(text: string): void {
    this.#buffer += text.replace(/[\s\u00a0]+/g, ' ');
  }

  lineBreak(): void {
    this.#buffer += '\n';
  }

  cell(): void {
    if (this.#buffer.trim() !== '') this.#buffer += ' | ';
  }

  /** Ends the block before and begins another. */
  begin(kind: Kind, prefix = ''): void {
    // A paragraph directly within a list item is the item's own text.
    if (kind === 'paragraph' && this.#kind === 'item' && this.#buffer.trim() === '') return;
    this.#flush();
    this.#kind = kind;
    this.#prefix = prefix;
  }

  /** A block as it stands, between fences longer than any within. */
  code(text: string): void {
    this.#flush();
    this.#kind = 'paragraph';
    this.#prefix = '';
    if (text.trim() === '') return;
    const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    this.#push('code', `${fence}\n${text.replace(/^\n+|\s+$/g, '')}\n${fence}`);
  }

  openList(mark: '-' | '1.'): void {
    this.#lists.push({ mark, count: 0 });
  }

  closeList(): void {
    this.#flush();
    this.#lists.pop();
  }

  itemMark(): string {
    const list = this.#lists.at(-1);
    const indent = '  '.repeat(Math.min(Math.max(this.#lists.length - 1, 0), 10));
    if (list?.mark !== '1.') return `${indent}- `;
    list.count += 1;
    return `${indent}${list.count}. `;
  }

  finish(): string {
    this.#flush();
    return this.#parts.join('');
  }

  #flush(): void {
    const text = this.#buffer
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ').trim())
      .join('\n')
      .trim();
    this.#buffer = '';
    if (text !== '') this.#push(this.#kind, this.#prefix + text);
    this.#kind = 'paragraph';
    this.#prefix = '';
  }

  #push(kind: Kind, text: string): void {
    const isTight = kind === this.#last && (kind === 'item' || kind === 'row');
    if (this.#last !== null) this.#parts.push(isTight ? '\n' : '\n\n');
    this.#parts.push(text);
    this.#last = kind;
  }
}
