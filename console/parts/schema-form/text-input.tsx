/** Text and numbers. What is no number stays as it was typed, and is told beside the field. */
import type { BaseInputTemplateProps } from '@rjsf/utils';
import { useFieldAria } from './faults-context.ts';
import { inputLook } from './input-look.ts';
import { UploadText } from './upload-text.tsx';

const inputTypes: Readonly<Record<string, string>> = {
  email: 'email',
  date: 'date',
  time: 'time',
  password: 'password',
};

/** Longer texts get more than a line. */
const longCharacters = 1_000;

export function TextInput(props: BaseInputTemplateProps) {
  const { id, value, schema, options, required, disabled, readonly, onChange, onBlur, onFocus, label } = props;
  const aria = useFieldAria(id, { required });
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const isNumber = type === 'number' || type === 'integer';
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const common = {
    ...aria,
    id,
    name: id,
    value: text,
    className: inputLook,
    disabled,
    readOnly: readonly === true || schema.const !== undefined,
    onChange: ({ target }: { target: { value: string } }) =>
      onChange(target.value === '' ? options.emptyValue : target.value),
    onBlur: ({ target }: { target: { value: string } }) => onBlur(id, target.value),
    onFocus: ({ target }: { target: { value: string } }) => onFocus(id, target.value),
  };
  const isLong = (schema.maxLength ?? Infinity) >= longCharacters && schema.pattern === undefined;
  if (!isNumber && isLong && schema.format === undefined && schema.const === undefined) {
    return (
      <>
        <textarea {...common} rows={3} className={`${inputLook} field-sizing-content max-h-96 min-h-20`} />
        {disabled !== true && readonly !== true && (
          <UploadText label={`Take ${label} from a file`} onText={(taken) => onChange(taken)} />
        )}
      </>
    );
  }
  return (
    <input
      {...common}
      type={(!isNumber && inputTypes[schema.format ?? '']) || 'text'}
      inputMode={isNumber ? (type === 'integer' ? 'numeric' : 'decimal') : schema.format === 'uri' ? 'url' : undefined}
      autoComplete="off"
      spellCheck={!isNumber && schema.format === undefined}
    />
  );
}
