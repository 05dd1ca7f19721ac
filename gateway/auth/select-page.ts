import { questionPagesScanned } from '../../protocol/limits.ts';
import type { Page } from '../engine.ts';

/** Pages may be shorter than the limit: what concerns others is left out after the engine has listed it. */
export async function selectPage<T>(
  query: { cursor?: string | undefined; limit: number },
  load: (part: { cursor?: string }) => Promise<Page<T>>,
  concerns: (item: T) => Promise<boolean>,
): Promise<Page<T>> {
  const items: T[] = [];
  let { cursor } = query;
  for (let page = 0; page < questionPagesScanned && items.length < query.limit; page++) {
    const { items: found, nextCursor } = await load(cursor === undefined ? {} : { cursor });
    for (const item of found) if (await concerns(item)) items.push(item);
    if (nextCursor === null) return { items, nextCursor };
    cursor = nextCursor;
  }
  return { items, nextCursor: cursor ?? null };
}
