/** One line on a terminal that is written over and over; elsewhere a line now and then. */
export interface ProgressLine extends Disposable {
  update: (text: string) => void;
}

const quietIntervalMs = 15_000;

export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let printedAt = -Infinity;
  let dirty = false;
  return {
    update: (text) => {
      if (stream.isTTY) {
        stream.write(`\r\u001B[2K${text}`);
        dirty = true;
        return;
      }
      const now = performance.now();
      if (now - printedAt < quietIntervalMs) return;
      printedAt = now;
      stream.write(`${text}\n`);
    },
    [Symbol.dispose]: () => {
      if (dirty) stream.write('\r\u001B[2K');
    },
  };
}
