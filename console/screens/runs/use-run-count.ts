import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RunCount, RunFilter } from '../../../client/index.ts';
import { client } from '../../app/client.ts';

/** Counting costs more than listing: no more often than so, and that often at least. */
const soonestMs = 3_000;
const latestMs = 30_000;

/** By status, whatever the filter says of it. `news` changes whenever the counts may have. */
export function useRunCount(filter: RunFilter, news: number): RunCount | undefined {
  const { status: _, ...rest } = filter;
  const { data, refetch } = useQuery({
    queryKey: ['runs-count', rest],
    queryFn: ({ signal }) => client.count({ ...rest, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: latestMs,
  });
  const countedAt = useRef(Date.now());
  useEffect(() => {
    if (news === 0) return undefined;
    const timer = setTimeout(
      () => {
        countedAt.current = Date.now();
        void refetch();
      },
      Math.max(200, countedAt.current + soonestMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [news, refetch]);
  return data;
}

/** Of those that the filter lets in. */
export function totalOf(count: RunCount | undefined, { status }: RunFilter): number | null {
  if (count === undefined) return null;
  if (status === undefined) return count.total;
  const statuses = typeof status === 'string' ? [status] : status;
  return statuses.reduce((sum, each) => sum + (count.byStatus[each] ?? 0), 0);
}
