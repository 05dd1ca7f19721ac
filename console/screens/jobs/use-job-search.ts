import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

type Search = Record<string, string>;
type Change = (changes: Readonly<Record<string, string | null>>) => void;

/** What the address of a job's page says; `null` takes a key away. */
export function useJobSearch(): [Search, Change] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback<Change>(
    (changes) =>
      void navigate({
        to: '.',
        search: (before: Readonly<Partial<Search>>) => {
          const entries = Object.entries({ ...before, ...changes });
          return Object.fromEntries(entries.filter((entry): entry is [string, string] => !!entry[1]));
        },
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}
