import { useMutation } from '@tanstack/react-query';
import type { RunView } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';

/** What may be done with the run as it stands. */
export function RunActions({ run, state }: { run: string; state: RunView }) {
  const cancel = useMutation({ mutationFn: () => client.cancel(run, {}) });
  const mayCancel = state.endedAt === null && state.status !== 'cancelling';
  return (
    <div className="flex flex-col items-end gap-2">
      {mayCancel && (
        <Button onPress={() => cancel.mutate()} isDisabled={cancel.isPending}>
          Cancel
        </Button>
      )}
      {cancel.error && <Fault error={cancel.error} />}
    </div>
  );
}
