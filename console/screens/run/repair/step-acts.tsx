/** What may be gone on with from the step that is selected. */
import { useMe } from '../../../app/me.ts';
import { useRun, useRunStore } from '../../../live/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { acts } from './acts.ts';

export function StepActs({ step }: { step: string }) {
  const { isOps } = useMe();
  const { state } = useRun(useRunStore());
  const [, change] = useAddressSearch();
  if (!isOps || state === null) return null;
  const facts = { status: state.status, isPaused: state.paused !== undefined, hasSteps: true, pending: null };
  const whyNoReset = acts.reset.whyNot(facts);
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Button
        className="!py-0.5"
        isDisabled={whyNoReset !== null}
        aria-describedby="why-no-reset"
        onPress={() => change({ act: 'reset', selectedStep: step }, 'push')}
      >
        Reset to it
      </Button>
      <Button className="!py-0.5" onPress={() => change({ act: 'fork', selectedStep: step }, 'push')}>
        Fork from it
      </Button>
      <span id="why-no-reset" className="text-muted">
        {whyNoReset}
      </span>
    </span>
  );
}
