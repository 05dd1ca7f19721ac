/** Deletes the run for good, once its id was typed. */
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { Deletion } from '../../../../client/index.ts';
import { client } from '../../../app/client.ts';
import { inputLook } from '../../../parts/schema-form/input-look.ts';
import { ActForm } from './act-form.tsx';
import type { ActFormProps } from './panel-props.ts';
import { useAct } from './use-act.ts';
import { Button } from '../../../parts/button.tsx';

export function DeleteForm({ act, state, whyNot }: ActFormProps) {
  const run = state.id;
  const id = useId();
  const [typed, setTyped] = useState('');
  const [terminate, setTerminate] = useState(false);
  const [deletion, setDeletion] = useState<Deletion | null>(null);
  const isOpen = state.endedAt === null;
  const sending = useAct({ terminate }, () => client.delete(run, { terminate: isOpen && terminate }), setDeletion);
  const reason =
    whyNot ??
    (isOpen && !terminate ? 'It has not ended: say that it is to be terminated first.' : null) ??
    (typed === run ? null : 'Type the id of the run first.');
  if (deletion !== null) return <Deleted deletion={deletion} />;
  return (
    <ActForm act={act} whyNot={reason} sending={sending} error={sending.error}>
      <p>
        Its log, its blobs, its archive and what it has crawled are deleted. There is no way back: export it first, if
        anybody may want it. Forks of it, logs of the machines and backups stay.
      </p>
      {isOpen && (
        <label className="flex min-h-7 items-center gap-2">
          <input
            type="checkbox"
            className="size-4"
            checked={terminate}
            onChange={({ target }) => setTerminate(target.checked)}
          />
          Terminate it first
        </label>
      )}
      <label className="block max-w-xl">
        <span className="block font-medium">Type the id of the run</span>
        <span id={id} className="block break-all font-mono text-sm text-muted">
          {run}
        </span>
        <input
          className={inputLook}
          value={typed}
          spellCheck={false}
          autoComplete="off"
          aria-describedby={id}
          onChange={({ target }) => setTyped(target.value.trim())}
        />
      </label>
    </ActForm>
  );
}

function Deleted({ deletion: { executions, blobs, payloads, sources, archived, pending } }: { deletion: Deletion }) {
  const navigate = useNavigate();
  return (
    <div role="status" className="space-y-2">
      <p className="font-medium">The run is deleted.</p>
      <p>
        {executions} executions, {blobs} blobs, {payloads} payloads and {sources} crawled sites
        {archived && ', and its copy in the archive'}.
        {pending && ' Temporal has taken it, and does it within minutes; until then it may still be seen.'}
      </p>
      <Button onPress={() => void navigate({ to: '/runs', search: {} })}>All runs</Button>
    </div>
  );
}
