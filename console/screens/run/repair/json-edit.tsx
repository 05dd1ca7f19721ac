/** A value as JSON, with what is wrong with it below. */
import { useId } from 'react';
import { placeText, type Fault } from '../../../parts/schema-form/fault.ts';
import { JsonView } from '../../../parts/schema-form/json-view.tsx';
import type { FormInput } from '../../../parts/schema-form/use-form-input.ts';

export function JsonEdit({ label, input, faults }: { label: string; input: FormInput; faults: readonly Fault[] }) {
  const id = useId();
  const faultsId = `${id}!faults`;
  return (
    <div>
      <JsonView
        id={id}
        label={label}
        text={input.text}
        fault={input.fault}
        isFaulty={faults.length > 0}
        describedBy={faultsId}
        onChange={input.setText}
      />
      <div id={faultsId} role="status" className="text-sm text-bad">
        {faults.map(({ path, message }) => (
          <p key={placeText(path) + message}>
            {placeText(path)} {message}
          </p>
        ))}
      </div>
    </div>
  );
}
