import { expect, it } from 'vitest';
import { PagedList, pagesKept } from './paged-list.ts';

const pageRows = 100;

/** A gateway with so many items, whose cursors are places. */
function scripted(total: number) {
  const items = Array.from({ length: total }, (_, index) => ({ id: `run-${index}`, progress: 0 }));
  const asked: (string | null)[] = [];
  const faults: unknown[] = [];
  let fails = false;
  const page = (cursor: string | null) => {
    const from = Number(cursor ?? 0);
    const next = from + pageRows;
    return { items: items.slice(from, next), nextCursor: next < items.length ? String(next) : null };
  };
  const list = new PagedList<(typeof items)[number]>({
    fetch: async (cursor) => {
      asked.push(cursor);
      if (fails) throw new Error('unreachable');
      return await Promise.resolve(page(cursor));
    },
    key: ({ id }) => id,
    onChange: () => undefined,
    onError: (error) => faults.push(error),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  /** As somebody scrolls who sees 30 rows. */
  const scrollTo = async (end: number, from = 0) => {
    for (let row = from; row < end; row += 25) {
      list.want(row, row + 30);
      await settled();
    }
  };
  return { list, items, asked, faults, page, settled, scrollTo, fail: (is: boolean) => (fails = is) };
}

it('comes page by page as it is looked at, each asked for once', async () => {
  const { list, asked, settled } = scripted(250);
  list.want(0, 30);
  list.want(0, 30);
  await settled();
  expect([list.count, list.isWhole, asked]).toEqual([100, false, [null]]);
  list.want(60, 90);
  await settled();
  list.want(150, 180);
  await settled();
  expect([list.count, list.isWhole, asked]).toEqual([250, true, [null, '100', '200']]);
  expect(list.at(249)?.id).toBe('run-249');
  expect(list.at(250)).toBeUndefined();
});

it('forgets what is far away, knows its place, and fetches it again when it is looked at', async () => {
  const rows = (pagesKept + 20) * pageRows;
  const { list, scrollTo, settled, asked } = scripted(rows);
  await scrollTo(rows);
  expect(list.count).toBe(rows);
  expect(list.size).toBeLessThanOrEqual(pagesKept * pageRows);
  expect(list.at(5)).toBeUndefined();
  expect(list.has('run-5')).toBe(false);
  const before = asked.length;
  list.want(0, 30);
  await settled();
  expect(list.at(5)?.id).toBe('run-5');
  expect(asked.slice(before)).toEqual([null]);
});

it('an item is updated in its place; one that is not at hand is not', async () => {
  const { list, settled } = scripted(50);
  list.want(0, 30);
  await settled();
  expect(list.update({ id: 'run-7', progress: 0.5 })).toBe(true);
  expect(list.at(7)).toEqual({ id: 'run-7', progress: 0.5 });
  expect(list.update({ id: 'other', progress: 1 })).toBe(false);
  list.drop('run-7');
  expect(list.at(7)).toBeNull();
  expect(list.count).toBe(50);
});

it('a page that has become shorter keeps its rows: the others stay where they are', async () => {
  const rows = (pagesKept + 5) * pageRows;
  const { list, items, scrollTo, settled } = scripted(rows);
  await scrollTo(rows);
  items.length = 97;
  list.want(0, 30);
  await settled();
  expect(list.at(96)?.id).toBe('run-96');
  expect(list.at(97)).toBeNull();
  expect(list.count).toBe(rows);
});

it('one that has moved down since is listed once, where it was seen first', async () => {
  const { list, items, settled } = scripted(250);
  list.want(0, 30);
  await settled();
  const [moved] = items.splice(5, 1);
  items.splice(150, 0, ...(moved ? [moved] : []));
  list.want(60, 90);
  await settled();
  const ids = Array.from({ length: list.count }, (_, row) => list.at(row)?.id);
  expect(ids.filter((id) => id === 'run-5')).toHaveLength(1);
  expect([list.count, list.at(5)?.id]).toEqual([199, 'run-5']);
});

it('the end grows when it is read again', async () => {
  const { list, items, settled } = scripted(150);
  list.want(0, 99);
  await settled();
  list.want(60, 99);
  await settled();
  expect(list.isWhole).toBe(true);
  items.push({ id: 'new', progress: 0 });
  list.refreshEnd();
  await settled();
  expect([list.count, list.at(150)?.id]).toEqual([151, 'new']);
});

it('what was asked for before it began anew comes to nothing', async () => {
  const { list, page, settled } = scripted(250);
  list.want(0, 30);
  await settled();
  list.want(60, 90);
  list.reset(page(null));
  await settled();
  expect(list.count).toBe(100);
});

it('a fault is told, and it is asked again', async () => {
  const { list, faults, fail, settled } = scripted(10);
  fail(true);
  list.want(0, 30);
  await settled();
  expect([faults.length, list.hasBegun]).toEqual([1, false]);
  fail(false);
  list.want(0, 30);
  await settled();
  expect([list.count, list.isWhole]).toEqual([10, true]);
});
