/** The value as fields. The library lays them out and keeps the value; what is wrong with it is said by whoever shows this. */
// Past the package's index, which draws in a validator that needs eval.
import Form from '@rjsf/core/lib/components/Form.js';
import type { RegistryFieldsType, RegistryWidgetsType, RJSFSchema, TemplatesType, ValidatorType } from '@rjsf/utils';
import { useMemo } from 'react';
import { SelectInput, YesNoInput } from './choice-inputs.tsx';
import { FaultsContext, separator, type ShownFaults } from './faults-context.ts';
import { FieldTemplate } from './field-template.tsx';
import { AlternativesTemplate, ListItemTemplate, ListTemplate, ObjectTemplate } from './group-templates.tsx';
import { JsonField } from './json-field.tsx';
import { shownSchema, type JsonSchema } from './shown-schema.ts';
import { TextInput } from './text-input.tsx';
import { validate } from './validate.ts';

/** Only for the choice among alternatives: faults are looked for elsewhere. */
const validator: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: (schema, value, root) => {
    const definitions = { $defs: root['$defs'], definitions: root.definitions };
    return validate({ ...schema, ...(definitions as JsonSchema) }, value).length === 0;
  },
  rawValidation: () => ({ errors: [] }),
};

const templates: Partial<TemplatesType> = {
  FieldTemplate,
  ObjectFieldTemplate: ObjectTemplate,
  ArrayFieldTemplate: ListTemplate,
  ArrayFieldItemTemplate: ListItemTemplate,
  MultiSchemaFieldTemplate: AlternativesTemplate,
  BaseInputTemplate: TextInput,
};
const widgets: RegistryWidgetsType = {
  CheckboxWidget: YesNoInput,
  SelectWidget: SelectInput,
  TextWidget: TextInput as RegistryWidgetsType[string],
  TextareaWidget: TextInput as RegistryWidgetsType[string],
};
const fields: RegistryFieldsType = { FallbackField: JsonField as RegistryFieldsType[string] };
const behavior = {
  emptyObjectFields: 'skipDefaults',
  arrayMinItems: { populate: 'never' },
  requiredBooleanDefault: 'skip',
  constAsDefaults: 'always',
} as const;

export default function FormView({
  schema,
  value,
  idPrefix,
  faults,
  onChange,
  onLeave,
}: {
  schema: JsonSchema;
  value: unknown;
  idPrefix: string;
  faults: ShownFaults;
  onChange: (value: unknown) => void;
  /** A field was left: from now on its faults are told. */
  onLeave: (id: string) => void;
}) {
  const shown = useMemo(() => shownSchema(schema) as RJSFSchema, [schema]);
  return (
    <FaultsContext value={faults}>
      <Form<unknown>
        tagName="div"
        schema={shown}
        formData={value}
        validator={validator as ValidatorType<unknown>}
        templates={templates as Partial<TemplatesType<unknown>>}
        widgets={widgets as RegistryWidgetsType<unknown>}
        fields={fields as RegistryFieldsType<unknown>}
        idPrefix={idPrefix}
        idSeparator={separator}
        noHtml5Validate
        noValidate
        showErrorList={false}
        experimental_defaultFormStateBehavior={behavior}
        onChange={({ formData }, id) => {
          if (id !== undefined) onChange(formData);
        }}
        onBlur={(id) => onLeave(id)}
      >
        {/* Instead of a button: whoever shows this has one. */}
        <></>
      </Form>
    </FaultsContext>
  );
}
