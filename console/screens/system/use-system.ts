import { useQuery } from '@tanstack/react-query';
import type { System } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { withSamples, type Sample } from './samples.ts';

const everyMs = 2_000;

/** Kept while the page is open, so that going away and back loses nothing. */
let samples: readonly Sample[] = [];

export interface Standing {
  system: System;
  samples: readonly Sample[];
}

/** How the system stands, each 2 s while somebody looks. */
export function useSystem(isWanted: boolean) {
  return useQuery({
    queryKey: ['system'],
    queryFn: async ({ signal }): Promise<Standing> => {
      const system = await client.system({ signal });
      samples = withSamples(samples, system);
      return { system, samples };
    },
    enabled: isWanted,
    refetchInterval: everyMs,
    structuralSharing: false,
  });
}
