/** What an act would do, told before its button works; and who has acted on the run since it was looked up. */
import type { RunView } from '../../../../client/index.ts';
import { Moved } from './act-fault.tsx';
import { ForeseenView } from './foreseen-view.tsx';
import type { Deed } from './moved-words.ts';
import type { Foreseen } from './use-prediction.ts';

export function ForeseenSection({
  state,
  foreseen,
  looking,
  moved,
  onLookAgain,
}: {
  state: RunView;
  foreseen: Foreseen | null;
  /** What is being looked up; null: nothing is. */
  looking: string | null;
  moved: Deed | null;
  onLookAgain: () => void;
}) {
  return (
    <section aria-label="What would happen" aria-live="polite" className="min-h-24 rounded border border-line p-3">
      {foreseen === null ? (
        <p className="text-muted">
          {looking === null ? 'What would be repeated is shown here.' : `Looking up ${looking} …`}
        </p>
      ) : (
        <ForeseenView prediction={foreseen.prediction} state={state} />
      )}
      {moved !== null && <Moved deed={moved} onLookAgain={onLookAgain} />}
    </section>
  );
}
