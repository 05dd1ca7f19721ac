/** Yes or no, one of several, some of several. */
import { enumOptionsDeselectValue, enumOptionsIsSelected, enumOptionsSelectValue, type WidgetProps } from '@rjsf/utils';
import { useFieldAria } from './faults-context.ts';
import { Needed } from './field-template.tsx';
import { inputLook } from './input-look.ts';
import { defaultKey } from './shown-schema.ts';

/** One that is needed must be answered: a box that nobody touched says nothing. */
export function YesNoInput(props: WidgetProps) {
  const { id, label, value, required, schema, disabled, readonly, onChange, onBlur } = props;
  const aria = useFieldAria(id, { required });
  const isDisabled = disabled === true || readonly === true;
  if (required !== true) {
    const isChecked =
      value === true || (value === undefined && (schema as Record<string, unknown>)[defaultKey] === true);
    return (
      <label className="inline-flex min-h-[24px] items-center gap-2 font-medium">
        <input
          {...aria}
          id={id}
          type="checkbox"
          className="size-4"
          checked={isChecked}
          disabled={isDisabled}
          onChange={({ target }) => onChange(target.checked)}
          onBlur={() => onBlur(id, value)}
        />
        {label}
      </label>
    );
  }
  return (
    <fieldset id={id} tabIndex={-1} aria-describedby={aria['aria-describedby']}>
      <legend className="font-medium">
        {label} <Needed />
      </legend>
      <span className="flex gap-4">
        {[true, false].map((each) => (
          <label key={String(each)} className="inline-flex min-h-[24px] items-center gap-1.5">
            <input
              type="radio"
              name={id}
              aria-invalid={aria['aria-invalid']}
              className="size-4"
              checked={value === each}
              disabled={isDisabled}
              onChange={() => onChange(each)}
              onBlur={() => onBlur(id, value)}
            />
            {each ? 'Yes' : 'No'}
          </label>
        ))}
      </span>
    </fieldset>
  );
}

/** Also the choice between alternatives, whose value is its place among them. */
export function SelectInput(props: WidgetProps) {
  const { id, value, required, disabled, readonly, multiple, options, onChange, onBlur, schema, label, hideLabel } =
    props;
  const aria = useFieldAria(id, { required });
  if (multiple === true) return <SeveralInput {...props} />;
  const { enumOptions = [], emptyValue } = options;
  // The choice between alternatives stands where the label would.
  const hasNoLabel = hideLabel === true || /__(?:one|any)of_select$/.test(id);
  const chosen = enumOptions.findIndex((option) => enumOptionsIsSelected(option.value, value));
  const hasNone = chosen === -1 || (required !== true && schema.default === undefined);
  return (
    <select
      {...aria}
      id={id}
      {...(hasNoLabel && { 'aria-label': label === '' ? 'Kind' : label })}
      className={inputLook}
      value={chosen}
      disabled={disabled === true || readonly === true}
      onChange={({ target }) => onChange(target.value === '-1' ? emptyValue : enumOptions[Number(target.value)]?.value)}
      onBlur={() => onBlur(id, value)}
    >
      {hasNone && <option value={-1}>–</option>}
      {enumOptions.map((option, index) => (
        <option key={index} value={index}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function SeveralInput({ id, label, value, disabled, readonly, options, onChange, onBlur }: WidgetProps) {
  const aria = useFieldAria(id);
  const { enumOptions = [] } = options;
  const chosen: unknown[] = Array.isArray(value) ? value : [];
  return (
    <fieldset id={id} tabIndex={-1} aria-label={label} aria-describedby={aria['aria-describedby']}>
      <span className="flex flex-wrap gap-x-4 gap-y-1">
        {enumOptions.map((option, index) => (
          <label key={index} className="inline-flex min-h-[24px] items-center gap-1.5">
            <input
              type="checkbox"
              className="size-4"
              checked={enumOptionsIsSelected(option.value, chosen)}
              disabled={disabled === true || readonly === true}
              onChange={({ target }) =>
                onChange(
                  target.checked
                    ? enumOptionsSelectValue(index, chosen, enumOptions)
                    : enumOptionsDeselectValue(index, chosen, enumOptions),
                )
              }
              onBlur={() => onBlur(id, value)}
            />
            {option.label}
          </label>
        ))}
      </span>
    </fieldset>
  );
}
