import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { changedSearch, type RunSearch, type SearchChanges } from './run-address.ts';

/** `push`: a step back leads to what was before. */
export type ChangeSearch = (changes: SearchChanges, how?: 'push') => void;

/** What the address of a run's page says beyond run and tab. */
export function useRunSearch(): [RunSearch, ChangeSearch] {
  const search: RunSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback<ChangeSearch>(
    (changes, how) =>
      void navigate({
        to: '.',
        search: (before: RunSearch) => changedSearch(before, changes),
        replace: how !== 'push',
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}
