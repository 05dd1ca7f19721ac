import { useQuery } from '@tanstack/react-query';
import { readBlob } from './read-blob.ts';
import { isStored } from './views.ts';

/** A value of the run, fetched where a reference stands for it. `isReady` false while that is under way. */
export function useWhole(run: string, value: unknown): { isReady: boolean; whole: unknown; error: Error | null } {
  const stored = isStored(value) ? value : null;
  const { data, error } = useQuery({
    queryKey: ['whole', run, stored?.blob.ref],
    queryFn: async ({ signal }) =>
      stored === null ? null : (JSON.parse(await (await readBlob(run, stored.blob, signal)).text()) as unknown),
    enabled: stored !== null,
    staleTime: Infinity,
  });
  return stored === null
    ? { isReady: true, whole: value, error: null }
    : { isReady: data !== undefined, whole: data, error };
}
