/** JSON Schema as TypeScript declarations: as much of it as the protocol's zod schemas turn into. Pure. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  description?: string;
}

/** `names`: id of a definition → name of its TypeScript type. Throws on what it does not know. */
export function declareType(name: string, whole: Schema, names: ReadonlyMap<string, string>): string {
  const schema = (whole.$ref === undefined ? undefined : whole.$defs?.[whole.$ref.replace('#/$defs/', '')]) ?? whole;
  const isObject = schema.properties !== undefined && schema.type === 'object';
  return isObject
    ? `export interface ${name} ${typeOf(schema, names, '')}\n`
    : `export type ${name} = ${typeOf(schema, names, '')};\n`;
}

function typeOf(schema: Schema, names: ReadonlyMap<string, string>, indent: string): string {
  if (schema.$ref !== undefined) return referenced(schema.$ref, names);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map((variant) => typeOf(variant, names, indent)).join(' | ');
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, names, indent)).join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return arrayType(schema, names, indent);
    case 'object':
      return objectType(schema, names, indent);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`a schema of type ${type} cannot be declared`);
  }
}

function arrayType({ prefixItems, items }: Schema, names: ReadonlyMap<string, string>, indent: string): string {
  if (prefixItems) return `[${prefixItems.map((item) => typeOf(item, names, indent)).join(', ')}]`;
  const item = typeOf(items ?? {}, names, indent);
  return /^[\w]+$/.test(item) ? `${item}[]` : `(${item})[]`;
}

function objectType(schema: Schema, names: ReadonlyMap<string, string>, indent: string): string {
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const type = typeOf(property, names, inner);
    const isOptional = !required.has(key) && type !== 'unknown';
    const mark = required.has(key) ? '' : '?';
    const comment = property.description === undefined ? [] : [`${inner}/** ${property.description} */`];
    return [...comment, `${inner}${key}${mark}: ${type}${isOptional ? ' | undefined' : ''};`];
  });
  const rest = schema.additionalProperties;
  if (rest !== undefined && rest !== false) {
    lines.push(`${inner}[key: string]: ${rest === true ? 'unknown' : typeOf(rest, names, inner)};`);
  }
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function referenced(ref: string, names: ReadonlyMap<string, string>): string {
  const id = ref.replace('#/$defs/', '');
  const name = names.get(id);
  if (name === undefined) throw new Error(`the definition ${id} has no TypeScript name`);
  return name;
}
