/** The act that the address names, prepared; and what came of the last one. */
import { lazy, Suspense, useState } from 'react';
import { lasting } from '../../../app/lasting.ts';
import type { RunView } from '../../../../client/index.ts';
import { useMe } from '../../../app/me.ts';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { isActName, offeredActs } from './acts.ts';
import { ForkedFrom } from './forked-from.tsx';

const RepairPanel = lazy(lasting(() => import('./repair-panel.tsx')));

export function RunRepair({ state }: { state: RunView }) {
  const { me } = useMe();
  const [search, change] = useAddressSearch();
  const [done, setDone] = useState<{ run: string; text: string } | null>(null);
  const { act } = search;
  const isOffered = isActName(act) && offeredActs(me, state.owner).includes(act);
  const close = () => change({ act: null });
  return (
    <>
      <ForkedFrom state={state} />
      {/* There before it is filled, so that it is read out. */}
      <p role="status" className="mb-4 rounded border border-good bg-surface p-3 empty:hidden">
        {done?.run === state.id && act === undefined ? done.text : null}
      </p>
      {isOffered && (
        <Suspense fallback={<p className="mb-4 min-h-40 text-muted">Loading</p>}>
          <RepairPanel
            key={state.id}
            act={act}
            state={state}
            onClose={close}
            onDone={(text) => {
              setDone({ run: state.id, text });
              close();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
