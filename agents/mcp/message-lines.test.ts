import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineCutter } from './message-lines.ts';

test('lines are the same however the stream is cut into chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n]/.test(line))),
      fc.infiniteStream(fc.integer({ min: 1, max: 12 })),
      (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line, index) => `${line}${index % 2 ? '\r\n' : '\n'}`).join(''));
        const cutter = new LineCutter(1_000_000);
        const cut: string[] = [];
        for (let from = 0; from < bytes.length;) {
          const size = sizes.next().value ?? 1;
          cut.push(...cutter.push(bytes.subarray(from, from + size)));
          from += size;
        }
        expect(cut).toEqual(lines);
        expect(cutter.rest()).toBe('');
      },
    ),
  );
});

test('a line over the limit is refused, also before its end is there', () => {
  const cutter = new LineCutter(10);
  expect(cutter.push(Buffer.from('0123456789\n0123'))).toEqual(['0123456789']);
  expect(() => cutter.push(Buffer.from('4567890'))).toThrow(RangeError);
});
