/** A JSON Schema as the form library is to show it: the same values fit it, more or less; who validates takes the one given. Pure. */

export type JsonSchema = Record<string, unknown>;

/** Where a default goes: the form says it beside the field, and puts nothing into the value by itself. */
export const defaultKey = 'x-default';
/** Marks a schema that says nothing: any JSON is entered as text. */
const anyKey = 'x-any';

const annotations: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  '$comment',
  'deprecated',
]);

export function shownSchema(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, ...rest } = schema;
  return shown(rest) as JsonSchema;
}

/** Whether any value fits. */
export function isAny(schema: unknown): boolean {
  return schema === true || (isSchema(schema) && Object.keys(schema).every((key) => annotations.has(key)));
}

function shown(schema: unknown): unknown {
  if (schema === true) return { [anyKey]: true };
  if (!isSchema(schema)) return schema;
  if (isAny(schema)) return { ...withDefault(schema), [anyKey]: true };
  const { anyOf, oneOf, ...own } = withDefault(schema);
  const nullable = orNull(anyOf) ?? orNull(oneOf);
  if (nullable !== null) {
    const inner = shown(nullable) as JsonSchema;
    return { ...inner, ...own, ...(typeof inner['type'] === 'string' && { type: [inner['type'], 'null'] }) };
  }
  const entries = Object.entries({
    ...own,
    ...(anyOf !== undefined && { anyOf }),
    ...(oneOf !== undefined && { oneOf }),
  });
  return Object.fromEntries(entries.map(([key, value]) => [key, shownWithin(key, value)]));
}

function shownWithin(key: string, value: unknown): unknown {
  switch (key) {
    case 'properties':
    case 'patternProperties':
    case '$defs':
    case 'definitions':
    case 'dependentSchemas':
      return isSchema(value) ? mapValues(value, shown) : value;
    case 'anyOf':
    case 'oneOf':
      return Array.isArray(value) ? value.map((option, index) => named(shown(option), index)) : value;
    case 'allOf':
    case 'prefixItems':
      return Array.isArray(value) ? value.map(shown) : value;
    case 'items':
      return shown(value);
    case 'additionalProperties':
    case 'if':
    case 'then':
    case 'else':
    case 'not':
      // A guess by the value is better here than text.
      return isAny(value) ? true : shown(value);
    default:
      return value;
  }
}

function withDefault(schema: JsonSchema): JsonSchema {
  if (!Object.hasOwn(schema, 'default')) return schema;
  const { default: value, ...rest } = schema;
  return { ...rest, [defaultKey]: value };
}

/** The other one, where the alternatives are it and null. */
function orNull(options: unknown): unknown {
  if (!Array.isArray(options) || options.length !== 2) return null;
  const others: unknown[] = options.filter((option) => !isSchema(option) || option['type'] !== 'null');
  const [other] = others;
  return others.length === 1 && isSchema(other) && typeof other['type'] === 'string' ? other : null;
}

/** Alternatives without a title are told apart by a constant of theirs, or by their type. */
function named(option: unknown, index: number): unknown {
  if (!isSchema(option) || typeof option['title'] === 'string') return option;
  const properties = isSchema(option['properties']) ? Object.values(option['properties']) : [];
  const constant = properties.find((property) => isSchema(property) && typeof property['const'] === 'string');
  const type = typeof option['type'] === 'string' ? (typeNames[option['type']] ?? option['type']) : null;
  const constants = [option['const'], isSchema(constant) ? constant['const'] : undefined];
  const title = constants.find((value) => typeof value === 'string') ?? type ?? `Alternative ${index + 1}`;
  return { ...option, title };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'Text',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'Yes or no',
  array: 'List',
  object: 'Object',
  null: 'Nothing',
};

function mapValues(schemas: JsonSchema, map: (schema: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([key, value]) => [key, map(value)]));
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
