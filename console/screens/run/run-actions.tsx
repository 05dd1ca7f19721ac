/** What may be done with the run as it stands: what comes first as buttons, all of it behind one. */
import { memo } from 'react';
import type { RunView } from '../../../client/index.ts';
import { useMe } from '../../app/me.ts';
import { Button } from '../../parts/button.tsx';
import { ActsMenu } from './repair/acts-menu.tsx';
import { acts, foremostActs, offeredActs, type ActName } from './repair/acts.ts';
import { useAddressSearch } from '../../parts/use-address-search.ts';

export function RunActions({ run, state }: { run: string; state: RunView }) {
  return (
    <Actions
      run={run}
      owner={state.owner}
      status={state.status}
      isPaused={state.paused !== undefined}
      hasSteps={Object.keys(state.agents).length > 0}
      failedStep={state.endedAt === null ? null : (state.error?.step ?? null)}
    />
  );
}

interface ActionsProps {
  run: string;
  owner: string | null;
  status: RunView['status'];
  isPaused: boolean;
  hasSteps: boolean;
  failedStep: string | null;
}

/** Not drawn again with each event. */
const Actions = memo(function Actions({ run, owner, status, isPaused, hasSteps, failedStep }: ActionsProps) {
  const { me } = useMe();
  const [search, change] = useAddressSearch();
  const offered = offeredActs(me, owner);
  if (offered.length === 0) return null;
  const facts = { status, isPaused, hasSteps, pending: null };
  const prepare = (act: ActName) => {
    // What most want to go on from is the step that failed; there it may be changed.
    const isOpenChoice = (act === 'reset' || act === 'fork') && search['selectedStep'] === undefined;
    change({ act, ...(isOpenChoice && { selectedStep: failedStep }) }, 'push');
  };
  return (
    <div role="group" aria-label="What may be done" className="flex min-h-9 flex-wrap justify-end gap-2">
      {foremostActs(facts, offered).map((act) => (
        <Button key={act} onPress={() => prepare(act)}>
          {acts[act].label}
        </Button>
      ))}
      <ActsMenu run={run} facts={facts} offered={offered} onChoose={prepare} />
    </div>
  );
});
