import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Job } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { isOpen } from './job-words.ts';

/** A job is a run: it is held and ended as a run is. */
export function JobControls({ job }: { job: Job }) {
  const queries = useQueryClient();
  const [asks, setAsks] = useState(false);
  const act = useMutation({
    mutationFn: async (what: 'pause' | 'unpause' | 'cancel'): Promise<void> => {
      if (what === 'pause') await client.pause(job.id);
      else if (what === 'unpause') await client.unpause(job.id);
      else await client.cancel(job.id);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['job', job.id] }),
  });
  if (!isOpen(job)) return null;
  const isCancelling = job.status === 'cancelling';
  return (
    <div className="grid justify-items-end gap-2">
      {asks && !isCancelling ? (
        <div role="group" aria-label="Cancel the job" className="flex flex-wrap items-center justify-end gap-2">
          <span className="text-sm">What was done stays done; the rest is left.</span>
          <Button look="danger" autoFocus isDisabled={act.isPending} onPress={() => act.mutate('cancel')}>
            Cancel the job
          </Button>
          <Button onPress={() => setAsks(false)}>Let it go on</Button>
        </div>
      ) : (
        <div className="flex gap-2">
          <Button
            isDisabled={act.isPending || isCancelling}
            onPress={() => act.mutate(job.paused ? 'unpause' : 'pause')}
          >
            {job.paused ? 'Unpause' : 'Pause'}
          </Button>
          <Button isDisabled={isCancelling} onPress={() => setAsks(true)}>
            {isCancelling ? 'Being cancelled' : 'Cancel'}
          </Button>
        </div>
      )}
      {act.error && <Fault error={act.error} />}
    </div>
  );
}
