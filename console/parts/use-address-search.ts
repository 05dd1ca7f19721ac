import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { changedSearch, type AddressSearch, type SearchChanges } from './address-search.ts';

/** `push`: a step back leads to what was before. */
export type ChangeSearch = (changes: SearchChanges, how?: 'push') => void;

/** What the address says beside its path. */
export function useAddressSearch(): [AddressSearch, ChangeSearch] {
  const search: AddressSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback<ChangeSearch>(
    (changes, how) =>
      void navigate({
        to: '.',
        search: (before: AddressSearch) => changedSearch(before, changes),
        replace: how !== 'push',
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}
