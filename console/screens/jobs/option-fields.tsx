import { useId } from 'react';
import { inputLook } from '../../parts/schema-form/input-look.ts';
import { jsonFault } from '../../parts/schema-form/json-fault.ts';

interface TextFieldProps {
  name: string;
  hint: string;
  fault: string | undefined;
  value: string;
  onChange: (value: string) => void;
}

export function TextField({ name, hint, fault, value, onChange }: TextFieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="block font-medium">
        {name}
      </label>
      <span id={`${id}-hint`} className="block text-sm text-muted">
        {hint}
      </span>
      <input
        id={id}
        className={inputLook}
        value={value}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={fault !== undefined || undefined}
        aria-describedby={`${id}-hint ${id}-fault`}
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={`${id}-fault`} className="mt-1 min-h-5 text-sm text-bad">
        {fault}
      </p>
    </div>
  );
}

export function EditsField({
  text,
  fault,
  onText,
}: {
  text: string;
  fault: string | undefined;
  onText: (text: string) => void;
}) {
  const place = text.trim() === '' ? null : jsonFault(text);
  return (
    <div>
      <label htmlFor="job-edits" className="block font-medium">
        Edits
      </label>
      <span id="job-edits-hint" className="block text-sm text-muted">
        JSON, the same for each run: <code>context</code>, <code>input</code>, <code>results</code>,{' '}
        <code>answers</code>, <code>keepAnswers</code>. May be left out.
      </span>
      <textarea
        id="job-edits"
        rows={3}
        spellCheck={false}
        className={`${inputLook} field-sizing-content max-h-96 min-h-20 font-mono text-sm`}
        placeholder='{"context": {"depth": 2}, "keepAnswers": "all"}'
        value={text}
        aria-invalid={fault !== undefined || undefined}
        aria-describedby="job-edits-hint job-edits-fault"
        onChange={({ target }) => onText(target.value)}
      />
      <p id="job-edits-fault" role="status" className="mt-1 min-h-5 text-sm text-bad">
        {place === null ? fault : `Line ${place.line}, column ${place.column}: ${place.message}.`}
      </p>
    </div>
  );
}
