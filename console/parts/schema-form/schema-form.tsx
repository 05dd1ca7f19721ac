/**
 * A value by its JSON Schema: as fields, or as JSON text; both are the same value. It stands within a form of the caller's,
 * who asks `check` before sending: it shows every fault and goes to the first. A field's faults show once it was left.
 *
 *   const input = useFormInput(example, `start:${name}`);
 *   const form = useRef<SchemaFormHandle>(null);
 *   <form onSubmit={(event) => { event.preventDefault(); if (form.current?.check()) send(input.value); }}>
 *     <SchemaForm ref={form} label="Input" schema={schema} input={input} serverFaults={serverFaults(error.details, 'input')} />
 */
import { lazy, Suspense, useId, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import { lasting } from '../../app/lasting.ts';
import { afterPointer } from './after-pointer.ts';
import { FormBoundary } from './form-boundary.tsx';
import { faultsId, fieldId } from './faults-context.ts';
import { placeText, type Fault } from './fault.ts';
import { focusFault } from './focus-fault.ts';
import { JsonView } from './json-view.tsx';
import { isAny, type JsonSchema } from './shown-schema.ts';
import { UploadText } from './upload-text.tsx';
import type { FormInput } from './use-form-input.ts';
import { validate } from './validate.ts';
import { ViewSwitch, type FormViewName } from './view-switch.tsx';

const FormView = lazy(lasting(() => import('./form-view.tsx')));

export interface SchemaFormHandle {
  /** Whether the value fits; where it does not, every fault is shown from now on, and the first has the focus. */
  check: () => boolean;
}

export interface SchemaFormProps {
  /** What the value is, for those who do not see it. */
  label: string;
  schema: JsonSchema;
  input: FormInput;
  /** What the gateway found wrong with the value as it stands: shown until the value changes. Keep the list's identity. */
  serverFaults?: readonly Fault[];
  /** Fields alone: for a few of them beside something else. Default false. */
  isPlain?: boolean;
  ref?: Ref<SchemaFormHandle>;
}

const none: readonly Fault[] = [];

export function SchemaForm({ label, schema, input, serverFaults = none, isPlain = false, ref }: SchemaFormProps) {
  const idPrefix = useId();
  const root = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<FormViewName>('fields');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [showsAll, setShowsAll] = useState(false);
  const fieldsReason = whyNoFields(schema, input);
  const view: FormViewName = fieldsReason === null ? chosen : 'json';
  // It stays so when the text is right again, for somebody is typing there.
  if (chosen !== view) setChosen(view);
  // Where anything will do, text is what people have to say.
  const asFields = useMemo(() => (isAny(schema) ? { type: 'string', title: label } : schema), [schema, label]);

  const own = useMemo(() => validate(schema, input.value), [schema, input.value]);
  const fromServer = useWhileUnchanged(serverFaults, input.value);
  const faults = [...own, ...fromServer];
  const shown = useMemo(() => {
    const byId = new Map<string, string[]>();
    const put = ({ path, message }: Fault) => {
      const id = fieldId(idPrefix, path);
      byId.set(id, [...(byId.get(id) ?? []), message]);
    };
    for (const fault of own) if (showsAll || left.has(fieldId(idPrefix, fault.path))) put(fault);
    for (const fault of fromServer) put(fault);
    return byId;
  }, [own, fromServer, showsAll, left, idPrefix]);

  const summaryId = `${idPrefix}!summary`;
  const focusFirst = (wrong: readonly Fault[]) =>
    focusFault(root.current, view === 'json' ? [`${idPrefix}!json`] : wrong.map(({ path }) => fieldId(idPrefix, path)));
  useImperativeHandle(ref, () => ({
    check: () => {
      if (own.length === 0 && input.fault === null) return true;
      setShowsAll(true);
      focusFirst(own);
      return false;
    },
  }));
  const listed = showsAll || fromServer.length > 0 || view === 'json' ? faults : none;
  const json = (
    <JsonView
      id={`${idPrefix}!json`}
      label={label}
      text={input.text}
      fault={input.fault}
      isFaulty={listed.length > 0}
      describedBy={summaryId}
      onChange={input.setText}
    />
  );
  return (
    <div ref={root} role="group" aria-label={label}>
      {(!isPlain || view === 'json') && (
        <div className="mb-3 flex flex-wrap items-start gap-2">
          <ViewSwitch view={view} onView={setChosen} fieldsReason={fieldsReason} />
          <UploadText label="Take it from a JSON file" accept={['application/json', '.json']} onText={input.setText} />
        </div>
      )}
      {view === 'json' ? (
        json
      ) : (
        <FormBoundary fallback={json}>
          <Suspense fallback={<p className="min-h-40 text-muted">Loading the form</p>}>
            <FormView
              schema={asFields}
              value={input.value}
              idPrefix={idPrefix}
              faults={shown}
              onChange={input.setValue}
              onLeave={(id) =>
                afterPointer(() => setLeft((before) => (before.has(id) ? before : new Set([...before, id]))))
              }
            />
          </Suspense>
        </FormBoundary>
      )}
      <div id={summaryId} role="status" className="text-sm">
        {listed.length > 0 && input.fault === null && (
          <div className="rounded border border-bad p-2">
            <p className="font-medium">
              {listed.length === 1 ? 'One thing is' : `${listed.length} things are`} to be corrected
            </p>
            <ul className="list-disc pl-5">
              {listed.map(({ path, message }) => (
                <li key={faultsId(fieldId(idPrefix, path)) + message} className="text-bad">
                  {view === 'json' ? (
                    `${placeText(path)} ${message}`
                  ) : (
                    <button
                      type="button"
                      className="min-h-[24px] text-left underline"
                      onClick={() => focusFirst([{ path, message }])}
                    >
                      {placeText(path) === '' ? message : `${placeText(path)} ${message}`}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </div>
  );
}

/** null where fields can show it. */
function whyNoFields(schema: JsonSchema, { fault, value }: FormInput): string | null {
  if (fault !== null) return 'Correct the JSON first';
  if (isAny(schema) && value !== undefined && typeof value !== 'string')
    return 'Only text can be entered as a field here';
  return null;
}

/** What was found wrong with a value says nothing of another. */
function useWhileUnchanged(faults: readonly Fault[], value: unknown): readonly Fault[] {
  const [found, setFound] = useState({ faults, value });
  if (found.faults !== faults) setFound({ faults, value });
  return found.value === value || found.faults !== faults ? faults : none;
}
