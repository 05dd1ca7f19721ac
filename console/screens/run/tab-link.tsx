import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useRunStore } from '../../live/use-run.ts';
import { changedSearch, type AddressSearch, type SearchChanges } from '../../parts/address-search.ts';

const asItIs: SearchChanges = {};

/** To a part of this run's page. What the address says besides stays, but for `changes`. */
export function TabLink({
  tab,
  changes = asItIs,
  isCurrent = false,
  staysInPlace = false,
  className = 'text-accent underline',
  children,
}: {
  tab: string;
  changes?: SearchChanges;
  isCurrent?: boolean;
  /** The page is not scrolled to its top. */
  staysInPlace?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const { run } = useRunStore();
  return (
    <Link
      to="/runs/$run/$tab"
      params={{ run, tab }}
      search={(before: AddressSearch) => changedSearch(before, changes)}
      resetScroll={!staysInPlace}
      aria-current={isCurrent ? 'page' : undefined}
      className={className}
    >
      {children}
    </Link>
  );
}
