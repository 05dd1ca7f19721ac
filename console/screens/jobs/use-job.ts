import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Job } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import type { RunSnapshot } from '../../live/run-store.ts';
import { runStore, useRun } from '../../live/use-run.ts';

/** No more often, however fast its log grows. */
const soonestMs = 700;

/** A job as it stands: read again whenever something has come to its log. */
export function useJob(id: string): { job: Job | undefined; error: unknown; live: RunSnapshot } {
  const queries = useQueryClient();
  const live = useRun(runStore(id));
  const { data, error } = useQuery({ queryKey: ['job', id], queryFn: ({ signal }) => client.job(id, { signal }) });
  const readAt = useRef(0);
  const lastSeq = live.state?.lastSeq ?? 0;
  useEffect(() => {
    if (lastSeq === 0) return undefined;
    const timer = setTimeout(
      () => {
        readAt.current = Date.now();
        void queries.invalidateQueries({ queryKey: ['job', id] });
      },
      Math.max(0, readAt.current + soonestMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [queries, id, lastSeq]);
  return { job: data, error: error ?? live.error, live };
}
