/** Why it was not done; where somebody was faster, who, with what, and a new look. */
import { BatonClientError } from '../../../../client/index.ts';
import { Button } from '../../../parts/button.tsx';
import { Fault } from '../../../parts/fault.tsx';
import { When } from '../../../parts/when.tsx';
import { deedOf, deedWords, type Deed } from './moved-words.ts';

export function ActFault({ error, onLookAgain }: { error: unknown; onLookAgain: () => void }) {
  const deed = error instanceof BatonClientError ? deedOf(error.details) : null;
  if (deed === null) return <Fault error={error} />;
  return (
    <Fault error={error}>
      <Moved deed={deed} onLookAgain={onLookAgain} />
    </Fault>
  );
}

export function Moved({ deed, onLookAgain }: { deed: Deed; onLookAgain: () => void }) {
  return (
    <div className="mt-1 flex flex-wrap items-center gap-3">
      <p className="font-medium">
        {deedWords(deed)}, <When at={deed.at} />
        {deed.seq > 0 && ` (event ${deed.seq})`}.
      </p>
      <Button onPress={onLookAgain}>Look again</Button>
    </div>
  );
}
