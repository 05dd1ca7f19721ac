import { useMemo, useState } from 'react';
import { PagedList, type PagedListSource } from './paged-list.ts';

/** A list behind a cursor. `name`: another list begins with another name. */
export function usePagedList<T>(
  name: string,
  { fetch, key }: Pick<PagedListSource<T>, 'fetch' | 'key'>,
): { list: PagedList<T>; version: number; error: unknown } {
  const [told, setTold] = useState<{ version: number; error: unknown }>({ version: 0, error: null });
  const list = useMemo(
    () =>
      new PagedList<T>({
        fetch,
        key,
        onChange: () => setTold(({ version }) => ({ version: version + 1, error: null })),
        onError: (error) => setTold(({ version }) => ({ version: version + 1, error })),
      }),
    // What it is read with is that of the name.
    [name],
  );
  return { list, ...told };
}
