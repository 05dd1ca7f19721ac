/** The next message of a session: the blueprint's input once more. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { BatonClientError, type BlueprintView } from '../../../../client/index.ts';
import { client } from '../../../app/client.ts';
import { useRunStore } from '../../../live/use-run.ts';
import { Fault } from '../../../parts/fault.tsx';
import { serverFaults } from '../../../parts/schema-form/fault.ts';
import { SchemaForm, type SchemaFormHandle } from '../../../parts/schema-form/schema-form.tsx';
import { useFormInput } from '../../../parts/schema-form/use-form-input.ts';
import { ActForm } from './act-form.tsx';
import type { ActFormProps } from './panel-props.ts';
import { useAct } from './use-act.ts';
import { useWhole } from '../../../parts/viewers/use-whole.ts';

export function MessageForm(props: ActFormProps) {
  const { state } = props;
  const [opened] = useState(state);
  const blueprints = useQuery({ queryKey: ['blueprints'], queryFn: ({ signal }) => client.blueprints({ signal }) });
  const { isReady, whole, error } = useWhole(state.id, opened.input);
  const blueprint = blueprints.data?.find(({ name }) => name === state.blueprint);
  const fault = blueprints.error ?? error;
  if (fault) return <Fault error={fault} />;
  if (blueprints.data === undefined || !isReady) return <p className="text-muted">Loading</p>;
  if (blueprint === undefined) return <p>There is no blueprint {state.blueprint} any more.</p>;
  return <Form {...props} blueprint={blueprint} before={whole} />;
}

function Form({
  act,
  state,
  whyNot,
  onDone,
  blueprint,
  before,
}: ActFormProps & { blueprint: BlueprintView; before: unknown }) {
  const run = state.id;
  const store = useRunStore();
  const [seq, setSeq] = useState(store.lastSeq);
  const form = useRef<SchemaFormHandle>(null);
  const input = useFormInput(before, `message:${run}`);
  const sending = useAct(
    input.value,
    (options) => client.message(run, input.value, { ...options, ifSeq: seq }),
    () => {
      input.clear();
      onDone('Sent: the run goes on with it.');
    },
  );
  const { error } = sending;
  const faults = useMemo(
    () => (error instanceof BatonClientError ? serverFaults(error.details, 'input') : []),
    [error],
  );
  return (
    <ActForm
      act={act}
      label="Send"
      whyNot={whyNot}
      sending={sending}
      error={faults.length > 0 ? null : error}
      onLookAgain={() => setSeq(store.lastSeq)}
      isRight={() => form.current?.check() === true}
    >
      <SchemaForm ref={form} label="Message" schema={blueprint.inputSchema} input={input} serverFaults={faults} />
    </ActForm>
  );
}
