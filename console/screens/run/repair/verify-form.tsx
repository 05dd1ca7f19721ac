/** Whether the code of the workers still does what the run's histories say. Looking does no harm, so it is looked at once. */
import { useQuery } from '@tanstack/react-query';
import { client } from '../../../app/client.ts';
import { Button } from '../../../parts/button.tsx';
import { Fault } from '../../../parts/fault.tsx';
import type { ActFormProps } from './panel-props.ts';
import { VerificationView } from './verification-view.tsx';

export function VerifyForm({ state }: ActFormProps) {
  const run = state.id;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['verify', run],
    queryFn: async ({ signal }) => ({ verification: await client.verify(run, { signal }) }),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <div className="space-y-3" aria-live="polite" aria-busy={isFetching}>
      {isFetching && <p className="text-muted">A worker replays it …</p>}
      {!isFetching && error && <Fault error={error} />}
      {!isFetching && data?.verification === null && (
        <p className="text-warn">No worker had it in time: see System whether one is up.</p>
      )}
      {!isFetching && data?.verification && <VerificationView verification={data.verification} />}
      <Button isDisabled={isFetching} onPress={() => void refetch()}>
        Verify again
      </Button>
    </div>
  );
}
