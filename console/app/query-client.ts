import { QueryClient } from '@tanstack/react-query';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The client itself repeats what may succeed later.
      retry: false,
      staleTime: 2_000,
      refetchOnWindowFocus: true,
    },
  },
});
