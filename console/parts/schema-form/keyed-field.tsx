/** A field whose name is the person's own as well: an entry of a map. */
import { ADDITIONAL_PROPERTY_FLAG, type FieldTemplateProps } from '@rjsf/utils';
import type { ReactNode } from 'react';
import { Button } from '../button.tsx';
import { inputLook } from './input-look.ts';

export function KeyedField({
  id,
  label,
  schema,
  disabled,
  readonly,
  onKeyRenameBlur,
  onRemoveProperty,
  children,
}: Pick<
  FieldTemplateProps,
  'id' | 'label' | 'schema' | 'disabled' | 'readonly' | 'onKeyRenameBlur' | 'onRemoveProperty'
> & { children: ReactNode }) {
  if (!(ADDITIONAL_PROPERTY_FLAG in schema)) return <div className="mb-4">{children}</div>;
  return (
    <div className="mb-4 rounded border border-line p-1.5 sm:p-3">
      <div className="mb-2 flex flex-wrap items-end justify-end gap-2">
        <label className="min-w-32 flex-1">
          <span className="mb-0.5 block text-sm text-muted">Name of the entry</span>
          <input
            key={label}
            id={`${id}!key`}
            className={inputLook}
            defaultValue={label}
            onBlur={onKeyRenameBlur}
            disabled={disabled || readonly}
          />
        </label>
        <Button onPress={() => onRemoveProperty()} isDisabled={disabled} aria-label={`Remove ${label}`}>
          Remove
        </Button>
      </div>
      {children}
    </div>
  );
}
