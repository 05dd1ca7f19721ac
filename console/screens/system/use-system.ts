import { useQuery } from '@tanstack/react-query';
import type { System } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { sampleOf, withSample, type Sample } from './samples.ts';

const everyMs = 2_000;

/** Kept while the page is open, so that going away and back loses nothing. */
let samples: readonly Sample[] = [];
/** The last answer of each gateway that has answered. */
const gateways = new Map<string, { gateway: System['gateway']; atMs: number }>();
/** One that is gone is not shown for long. */
const forgottenMs = 60_000;

export interface Standing {
  system: System;
  samples: readonly Sample[];
  gateways: readonly System['gateway'][];
}

/** How the system stands, each 2 s while somebody looks. */
export function useSystem(isWanted: boolean) {
  return useQuery({
    queryKey: ['system'],
    queryFn: async ({ signal }): Promise<Standing> => {
      const system = await client.system({ signal });
      const newest = sampleOf(system);
      samples = withSample(samples, newest);
      gateways.set(newest.gateway, { gateway: system.gateway, atMs: newest.atMs });
      for (const [name, { atMs }] of gateways) if (atMs < newest.atMs - forgottenMs) gateways.delete(name);
      return { system, samples, gateways: [...gateways.values()].map(({ gateway }) => gateway) };
    },
    enabled: isWanted,
    refetchInterval: everyMs,
    structuralSharing: false,
  });
}
