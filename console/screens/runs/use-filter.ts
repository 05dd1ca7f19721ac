import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { filterPart, type RunSearch } from './run-search.ts';

/** The filter in the address, and how it is changed: `null` takes a key away. A step back leads to the one before. */
export function useFilter(): {
  search: RunSearch;
  change: (changes: Readonly<Record<string, string | null>>) => void;
  replace: (search: RunSearch) => void;
} {
  const search: RunSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const replace = useCallback(
    (next: RunSearch) => void navigate({ to: '.', search: filterPart(next), resetScroll: false }),
    [navigate],
  );
  const change = useCallback(
    (changes: Readonly<Record<string, string | null>>) =>
      void navigate({
        to: '.',
        search: (before: RunSearch) => {
          const entries = Object.entries({ ...before, ...changes });
          return filterPart(Object.fromEntries(entries.filter((entry): entry is [string, string] => !!entry[1])));
        },
        resetScroll: false,
      }),
    [navigate],
  );
  return { search, change, replace };
}
