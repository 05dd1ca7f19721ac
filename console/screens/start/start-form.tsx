/** The input, by fields or as JSON; an id of one's own; whether it waits; and then the run's page. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { BatonClientError, type BlueprintView } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { serverFaults } from '../../parts/schema-form/fault.ts';
import { inputLook } from '../../parts/schema-form/input-look.ts';
import { SchemaForm, type SchemaFormHandle } from '../../parts/schema-form/schema-form.tsx';
import { useFormInput } from '../../parts/schema-form/use-form-input.ts';

/** Those that are about the id that was chosen. */
const idFaults: ReadonlySet<string> = new Set(['run_exists', 'id_taken', 'reserved_id']);

export function StartForm({
  blueprint: { name, description, inputSchema, available },
  initial,
  draftKey,
}: {
  blueprint: BlueprintView;
  initial: unknown;
  draftKey: string;
}) {
  const navigate = useNavigate();
  const input = useFormInput(initial, draftKey);
  const form = useRef<SchemaFormHandle>(null);
  const [id, setId] = useState('');
  const [hold, setHold] = useState(false);
  const start = useMutation({
    mutationFn: () => client.start(name, input.value, { ...(id !== '' && { id }), ...(hold && { hold }) }),
    onSuccess: ({ run }) => {
      input.clear();
      return navigate({ to: '/runs/$run', params: { run: run.id }, search: {} });
    },
  });
  const { error } = start;
  const details = error instanceof BatonClientError ? error.details : {};
  const faults = useMemo(() => serverFaults(details, 'input'), [details]);
  const idFault = error instanceof BatonClientError && (idFaults.has(error.code) || details['field'] === 'id');
  return (
    <form
      noValidate
      className="max-w-3xl"
      onSubmit={(event) => {
        event.preventDefault();
        if (!start.isPending && form.current?.check() === true) start.mutate();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <p className="mb-3 text-muted">{description}</p>
      <div className="rounded border border-line bg-surface p-4">
        <SchemaForm ref={form} label="Input" schema={inputSchema} input={input} serverFaults={faults} />
      </div>
      <details className="mt-3 rounded border border-line bg-surface p-4" open={idFault || undefined}>
        <summary className="cursor-pointer font-medium">Options</summary>
        <label className="mt-3 block max-w-md">
          <span className="block font-medium">Id of the run</span>
          <span id="id-hint" className="block text-sm text-muted">
            letters, digits and . _ : -, at most 200; made for you when you give none
          </span>
          <input
            className={inputLook}
            value={id}
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={idFault || undefined}
            aria-describedby="id-hint id-fault"
            onChange={({ target }) => setId(target.value.trim())}
          />
        </label>
        <p id="id-fault" className="mt-1 text-sm text-bad empty:hidden">
          {idFault && error.message}
        </p>
        <label className="mt-3 inline-flex min-h-[24px] items-center gap-2">
          <input type="checkbox" className="size-4" checked={hold} onChange={({ target }) => setHold(target.checked)} />
          On hold: it waits until somebody begins it
        </label>
      </details>
      {error && faults.length === 0 && !idFault && (
        <div className="mt-3">
          <Fault error={error} />
        </div>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <Button type="submit" look="main" isDisabled={start.isPending || !available} aria-describedby="start-reason">
          {start.isPending ? 'Starting' : 'Start'}
        </Button>
        {input.isTouched && (
          <Button onPress={() => input.clear()}>
            {initial === undefined ? 'Empty it' : 'Back to what it began with'}
          </Button>
        )}
        <span id="start-reason" className="text-sm text-muted">
          {available ? 'Ctrl Enter starts, too' : 'It is not available with this configuration'}
        </span>
      </div>
    </form>
  );
}
