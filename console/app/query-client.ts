import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { BatonClientError } from '../../client/index.ts';

/** Who is not signed in any more is told so once, wherever it shows. */
const signedOut = new Set<() => void>();

export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

function look(error: unknown): void {
  if (error instanceof BatonClientError && error.code === 'unauthenticated') for (const tell of signedOut) tell();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: look }),
  mutationCache: new MutationCache({ onError: look }),
  defaultOptions: {
    queries: {
      // The client itself repeats what may succeed later.
      retry: false,
      staleTime: 2_000,
      refetchOnWindowFocus: true,
    },
  },
});
