/** Cuts a byte stream into lines. Pure. */

export class LineCutter {
  private readonly maxBytes: number;
  private parts: Buffer[] = [];
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The lines that the chunk ends, without their ends. Throws a RangeError where a line passes the limit. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      this.keep(chunk.subarray(from, end));
      lines.push(this.take());
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
    return lines;
  }

  /** What was begun and never ended. */
  rest(): string {
    return this.take();
  }

  private keep(part: Buffer): void {
    if (part.length === 0) return;
    this.bytes += part.length;
    if (this.bytes > this.maxBytes) throw new RangeError(`a line of more than ${this.maxBytes} bytes`);
    this.parts.push(part);
  }

  private take(): string {
    const line = Buffer.concat(this.parts, this.bytes).toString('utf8');
    this.parts = [];
    this.bytes = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}
