/** The run as a file. */
import { useState } from 'react';
import { client } from '../../../app/client.ts';
import { useMe } from '../../../app/me.ts';
import { saveFile } from '../../../parts/save-file.ts';
import { ActForm } from './act-form.tsx';
import type { ActFormProps } from './panel-props.ts';
import { useAct } from './use-act.ts';

export function ExportForm({ act, state, whyNot, onDone }: ActFormProps) {
  const run = state.id;
  const { isOps } = useMe();
  const [raw, setRaw] = useState(false);
  const sending = useAct(
    { raw },
    async () =>
      saveFile(`${run.replaceAll(':', '-')}.baton`, await new Response(await client.export(run, { raw })).blob()),
    () => onDone(`Exported. Anybody with Baton opens it: baton open ${run.replaceAll(':', '-')}.baton`),
  );
  return (
    <ActForm act={act} whyNot={whyNot} sending={sending} error={sending.error}>
      <p>Histories, log, state and blobs, with digests. What looks like a secret is taken out.</p>
      {isOps && (
        <label className="flex min-h-7 items-center gap-2">
          <input type="checkbox" className="size-4" checked={raw} onChange={({ target }) => setRaw(target.checked)} />
          Leave the secrets in
        </label>
      )}
    </ActForm>
  );
}
