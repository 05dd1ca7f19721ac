import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type RunSearch = Readonly<Partial<Record<string, string>>>;
/** `null` takes a key away. `push`: a step back leads to what was before. */
export type ChangeSearch = (changes: Readonly<Record<string, string | null>>, how?: 'push') => void;

/** What the address of a run's page says beyond run and tab. */
export function useRunSearch(): [RunSearch, ChangeSearch] {
  const search: RunSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback<ChangeSearch>(
    (changes, how) =>
      void navigate({
        to: '.',
        search: (before: RunSearch) => changed(before, changes),
        replace: how !== 'push',
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}

function changed(before: RunSearch, changes: Readonly<Record<string, string | null>>): Record<string, string> {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
}
