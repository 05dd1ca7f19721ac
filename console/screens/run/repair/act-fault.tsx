/** Why it was not done; where somebody was faster, who, with what; and a new look, where things are not as they were. */
import { BatonClientError } from '../../../../client/index.ts';
import { Button } from '../../../parts/button.tsx';
import { Fault } from '../../../parts/fault.tsx';
import { When } from '../../../parts/when.tsx';
import { deedOf, deedWords, type Deed } from './moved-words.ts';

export function ActFault({ error, onLookAgain }: { error: unknown; onLookAgain: () => void }) {
  const known = error instanceof BatonClientError ? error : null;
  const deed = known && deedOf(known.details);
  return (
    <Fault error={error}>
      {deed !== null && <Moved deed={deed} onLookAgain={onLookAgain} />}
      {deed === null && known !== null && aboutFit.has(known.code) && (
        <Button className="mt-1" onPress={onLookAgain}>
          Look again
        </Button>
      )}
    </Fault>
  );
}

/** Another build works now than when it was looked up: what does not fit can then be forced. */
const aboutFit: ReadonlySet<string> = new Set(['replay_failed', 'not_verified']);

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
