/** A place where any JSON fits: entered as text, told where it is none. */
import type { FallbackFieldProps } from '@rjsf/utils';
import { useState } from 'react';
import { useFieldAria } from './faults-context.ts';
import { inputLook } from './input-look.ts';
import { jsonFault } from './json-fault.ts';

export function JsonField({ fieldPathId, formData, onChange, onBlur, disabled, readonly }: FallbackFieldProps) {
  const id = fieldPathId.$id;
  const aria = useFieldAria(id);
  const json = formData === undefined ? '' : JSON.stringify(formData, null, 2);
  const [typed, setTyped] = useState<{ text: string; json: string } | null>(null);
  // What was typed stands as long as it is still what the value came from.
  const text = typed !== null && typed.json === json ? typed.text : json;
  const fault = text.trim() === '' ? null : jsonFault(text);
  return (
    <>
      <textarea
        {...aria}
        id={id}
        rows={2}
        spellCheck={false}
        className={`${inputLook} field-sizing-content max-h-96 min-h-16 font-mono text-sm`}
        placeholder="JSON"
        value={text}
        disabled={disabled === true}
        readOnly={readonly === true}
        aria-invalid={fault !== null || aria['aria-invalid']}
        onChange={({ target }) => {
          const isEmpty = target.value.trim() === '';
          const isJson = !isEmpty && jsonFault(target.value) === null;
          const value: unknown = isJson ? JSON.parse(target.value) : undefined;
          if (isJson || isEmpty) onChange(value, fieldPathId.path);
          const became = isJson ? JSON.stringify(value, null, 2) : isEmpty ? '' : json;
          setTyped({ text: target.value, json: became });
        }}
        onBlur={() => onBlur(id, formData)}
      />
      <p className="mt-1 text-sm text-bad empty:hidden" role="status">
        {fault && `Line ${fault.line}, column ${fault.column}: ${fault.message}. The value before it still counts.`}
      </p>
    </>
  );
}
