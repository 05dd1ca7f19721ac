import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

export type FormViewName = 'fields' | 'json';

const names: readonly { view: FormViewName; label: string }[] = [
  { view: 'fields', label: 'Fields' },
  { view: 'json', label: 'JSON' },
];

/** `fieldsReason`: why fields cannot show the value now; null where they can. */
export function ViewSwitch({
  view,
  onView,
  fieldsReason,
}: {
  view: FormViewName;
  onView: (view: FormViewName) => void;
  fieldsReason: string | null;
}) {
  return (
    <div className="mt-1 flex items-center gap-2">
      <ToggleButtonGroup
        aria-label="How it is entered"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[view]}
        onSelectionChange={(keys) => onView([...keys][0] as FormViewName)}
        className="flex rounded border border-line"
      >
        {names.map((each) => (
          <ToggleButton
            key={each.view}
            id={each.view}
            isDisabled={each.view === 'fields' && fieldsReason !== null}
            className="px-3 py-1 text-sm text-muted first:rounded-l last:rounded-r data-selected:bg-raised data-selected:font-medium data-selected:text-text disabled:opacity-50"
          >
            {each.label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {fieldsReason !== null && <span className="text-sm text-muted">{fieldsReason}</span>}
    </div>
  );
}
