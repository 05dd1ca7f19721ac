import { expect, test } from 'vitest';
import type { LogLine, LogLines } from '../../client/index.ts';
import { shownLines, withNewer, withOlder } from './log-lines.ts';

const line = (id: number) => ({ id }) as LogLine;
const upFrom = (from: number, count: number) => Array.from({ length: count }, (_, index) => line(from + index));
const page = (items: LogLine[], previous: number | null = null): LogLines => ({
  items,
  next: items.at(-1)?.id ?? 0,
  previous,
  available: true,
});

test('what came since stands behind, what is older before, and nothing twice', () => {
  const first = shownLines(page(upFrom(11, 2), 11));
  const newer = withNewer(first, page(upFrom(13, 2)));
  expect(newer).toMatchObject({ next: 14, previous: 11 });
  const older = withOlder(newer, page(upFrom(9, 3), 9));
  expect(older.lines.map(({ id }) => id)).toEqual([9, 10, 11, 12, 13, 14]);
  expect(older).toMatchObject({ next: 14, previous: 9 });
});

test('of a log that is followed for long the oldest leave, and can be asked for again', () => {
  const followed = withNewer(shownLines(page(upFrom(1, 900))), page(upFrom(901, 200)));
  expect(followed.lines).toHaveLength(1_000);
  expect(followed).toMatchObject({ previous: 101, next: 1_100 });
  const grown = withOlder(followed, page(upFrom(1, 100)));
  expect(grown.lines).toHaveLength(1_100);
  expect(withNewer(grown, page(upFrom(1_101, 100))).lines).toHaveLength(1_200);
});
