/** Objects, lists and alternatives. */
import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  MultiSchemaFieldTemplateProps,
  ObjectFieldTemplateProps,
} from '@rjsf/utils';
import { canExpand } from '@rjsf/utils';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { Button } from '../button.tsx';
import { Faults, Hint, Needed } from './field-template.tsx';
import { defaultKey } from './shown-schema.ts';

/** Groups stand in groups: on a phone each takes as little as it can. */
const groupLook = 'rounded border border-line p-1.5 sm:p-3';

export function ObjectTemplate(props: ObjectFieldTemplateProps) {
  const { fieldPathId, title, description, properties, schema, uiSchema, formData, required, disabled, onAddProperty } =
    props;
  const id = fieldPathId.$id;
  const isRoot = fieldPathId.path.length === 0;
  const adds = canExpand(schema, uiSchema, formData);
  const isUnion = (schema.oneOf ?? schema.anyOf) !== undefined;
  if (isUnion && properties.length === 0) return null;
  const content = (
    <>
      {properties.map(({ name, content: field }) => (
        <div key={name}>{field}</div>
      ))}
      {adds && (
        <Button className="text-sm" onPress={() => onAddProperty()} isDisabled={disabled === true}>
          <Plus size={14} aria-hidden="true" />
          Add an entry
        </Button>
      )}
      <Faults id={id} />
    </>
  );
  if (isRoot) {
    return (
      <div id={id} tabIndex={-1}>
        <Hint id={id} text={description} />
        {content}
      </div>
    );
  }
  return (
    <fieldset id={id} tabIndex={-1} className={groupLook}>
      <legend className="px-1 font-medium">
        {title} {required === true && <Needed />}
      </legend>
      <Hint id={id} text={description} />
      {content}
    </fieldset>
  );
}

export function ListTemplate(props: ArrayFieldTemplateProps) {
  const { fieldPathId, title, items, schema, required, canAdd, disabled, readonly, onAddClick } = props;
  const id = fieldPathId.$id;
  return (
    <fieldset id={id} tabIndex={-1} className={groupLook}>
      <legend className="px-1 font-medium">
        {title} {required === true && <Needed />}
      </legend>
      <Hint id={id} text={schema.description} fallback={(schema as Record<string, unknown>)[defaultKey]} />
      {items.length > 0 && <ul className="mb-2">{items}</ul>}
      {canAdd === true && (
        <Button
          className="text-sm"
          onPress={() => onAddClick()}
          isDisabled={disabled === true || readonly === true}
          aria-label={`Add to ${title}`}
        >
          <Plus size={14} aria-hidden="true" />
          Add
        </Button>
      )}
      <Faults id={id} />
    </fieldset>
  );
}

export function ListItemTemplate({ children, buttonsProps, index, totalItems, disabled }: ArrayFieldItemTemplateProps) {
  const { hasMoveUp, hasMoveDown, hasRemove, onMoveUpItem, onMoveDownItem, onRemoveItem } = buttonsProps;
  const isDisabled = disabled === true;
  const entry = `entry ${index + 1}`;
  return (
    <li className="flex flex-wrap items-start justify-end gap-1 [&>div>div]:mb-2 [&>div>div>label]:sr-only sm:flex-nowrap">
      <div className="w-full min-w-0 flex-none sm:w-auto sm:flex-1">{children}</div>
      {totalItems > 1 && (
        <>
          <Button
            className="px-2"
            aria-label={`Move ${entry} up`}
            isDisabled={isDisabled || !hasMoveUp}
            onPress={() => onMoveUpItem()}
          >
            <ArrowUp size={16} aria-hidden="true" />
          </Button>
          <Button
            className="px-2"
            aria-label={`Move ${entry} down`}
            isDisabled={isDisabled || !hasMoveDown}
            onPress={() => onMoveDownItem()}
          >
            <ArrowDown size={16} aria-hidden="true" />
          </Button>
        </>
      )}
      {hasRemove && (
        <Button className="px-2" aria-label={`Remove ${entry}`} isDisabled={isDisabled} onPress={() => onRemoveItem()}>
          <Trash2 size={16} aria-hidden="true" />
        </Button>
      )}
    </li>
  );
}

/** Which of the alternatives, and then its fields. */
export function AlternativesTemplate({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <div>
      <div className="mb-2 max-w-xs">{selector}</div>
      {optionSchemaField}
    </div>
  );
}
