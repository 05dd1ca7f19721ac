import type { FieldTemplateProps } from '@rjsf/utils';
import type { ReactNode } from 'react';
import { faultsId, hintId, useFaults } from './faults-context.ts';
import { defaultKey } from './shown-schema.ts';
import { KeyedField } from './keyed-field.tsx';

/** Label, what is meant, the control, and what is wrong with it. */
export function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, children, hidden, required, displayLabel, schema, rawDescription } = props;
  if (hidden) return <div hidden>{children}</div>;
  const isUnion = (schema.anyOf ?? schema.oneOf) !== undefined && schema.enum === undefined;
  // Lists, objects and alternatives bring their own name and their own faults.
  if (isUnion || schema.type === 'object' || (schema.type === 'array' && !displayLabel)) {
    return <KeyedField {...props}>{children}</KeyedField>;
  }
  const hint = <Hint id={id} text={rawDescription} fallback={(schema as Record<string, unknown>)[defaultKey]} />;
  if (schema.type === 'boolean') {
    return (
      <KeyedField {...props}>
        {children}
        {hint}
        <Faults id={id} />
      </KeyedField>
    );
  }
  return (
    <KeyedField {...props}>
      {displayLabel && (
        <label htmlFor={id} className="mb-0.5 block font-medium">
          {label} {required && <Needed />}
        </label>
      )}
      {hint}
      {children}
      <Faults id={id} />
    </KeyedField>
  );
}

export function Needed() {
  return <span className="text-sm font-normal text-muted">(needed)</span>;
}

export function Hint({ id, text, fallback }: { id: string; text: ReactNode; fallback?: unknown }) {
  const words = fallback === undefined || fallback === null || fallback === '' ? null : JSON.stringify(fallback);
  return (
    <p id={hintId(id)} className="mb-1 text-sm text-muted empty:hidden">
      {text}
      {words !== null && words.length <= 60 && (
        <>
          {text ? '; ' : ''}without one: <code>{words}</code>
        </>
      )}
    </p>
  );
}

export function Faults({ id }: { id: string }) {
  const faults = useFaults(id);
  return (
    <p id={faultsId(id)} className="mt-1 text-sm text-bad empty:hidden">
      {faults.join('; ')}
    </p>
  );
}
