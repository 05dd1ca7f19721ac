/** What a command would do, asked before it is done. */
import { useQuery } from '@tanstack/react-query';
import type { Foreseeable, Prediction } from '../../../../client/index.ts';
import { client } from '../../../app/client.ts';
import { useRunStore } from '../../../live/use-run.ts';

export interface Foreseen {
  prediction: Prediction;
  /** The run's newest event when it was asked: what somebody did later is not in it. */
  seq: number;
}

/** `null`: there is nothing to be asked yet. What was found stays until it is asked for again. */
export function usePrediction(foreseeable: Foreseeable | null) {
  const store = useRunStore();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['predict', store.run, JSON.stringify(foreseeable)],
    queryFn: async ({ signal }): Promise<Foreseen | null> => {
      if (foreseeable === null) return null;
      const seq = store.lastSeq;
      return { prediction: await client.predict(store.run, foreseeable, { signal }), seq };
    },
    enabled: foreseeable !== null,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return { foreseen: isFetching || error ? null : (data ?? null), error, isLooking: isFetching, lookAgain: refetch };
}
