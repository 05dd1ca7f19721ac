/**
 * What is asked of a person for the answer that a JSON Schema describes. Pure.
 * An object is asked field by field (one level; what lies deeper is typed as JSON), anything else as one field.
 */
import { isObject } from '../../frame.ts';
import { plain } from '../render/text.ts';

export interface Field {
  /** Key in the answer; null where the answer is the value itself. */
  key: string | null;
  label: string;
  type: 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  required: boolean;
  choices: { label: string; value: unknown }[];
  default?: unknown;
}

interface Asked {
  answerSchema: Record<string, unknown>;
  choices?: { value: unknown; label: string }[] | undefined;
}

/** Ready-made answers stand for the whole answer, whatever its shape; the last choice is to fill it in oneself. */
export function choiceField({ answerSchema, choices }: Asked): Field | null {
  if (!choices || choices.length === 0) return null;
  const own = isObject(answerSchema['properties']) ? [{ label: 'another answer', value: ownAnswer }] : [];
  const ready = choices.map(({ label, value }) => ({ label: plain(label), value }));
  return { key: null, label: 'answer', type: 'choice', required: true, choices: [...ready, ...own] };
}

export const ownAnswer: unique symbol = Symbol('own answer');

export function fieldsOf({ answerSchema }: Asked): Field[] {
  const properties = answerSchema['properties'];
  if (answerSchema['type'] !== 'object' || !isObject(properties) || Object.keys(properties).length === 0) {
    return [fieldOf(null, answerSchema, true)];
  }
  const required = Array.isArray(answerSchema['required']) ? answerSchema['required'] : [];
  return Object.entries(properties).map(([key, schema]) =>
    fieldOf(key, isObject(schema) ? schema : {}, required.includes(key)),
  );
}

/** What was typed as a value. Nothing typed is the default, or `undefined` for a field that may be left out. */
export function parseField(field: Field, typed: string): { value: unknown } | { error: string } {
  const text = typed.trim();
  if (text === '') {
    if ('default' in field) return { value: field.default };
    if (!field.required) return { value: undefined };
    if (field.type !== 'string') return { error: 'an answer is needed' };
    return { error: 'text is needed' };
  }
  switch (field.type) {
    case 'string':
      return { value: typed };
    case 'number':
    case 'integer':
      return numberOf(text, field.type);
    case 'boolean':
      if (/^(y|yes|true|1)$/i.test(text)) return { value: true };
      return /^(n|no|false|0)$/i.test(text) ? { value: false } : { error: 'type y or n' };
    case 'choice':
      return choiceOf(text, field.choices);
    case 'json':
      return jsonOf(text);
  }
}

/** The answer from the fields' values, in their order; what was left out is left out. */
export function answerOf(fields: readonly Field[], values: readonly unknown[]): unknown {
  if (fields.length === 1 && fields[0]?.key === null) return values[0];
  const entries = fields.map((field, index) => [field.key, values[index]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function fieldOf(key: string | null, schema: Record<string, unknown>, required: boolean): Field {
  const described = [schema['title'], schema['description']].filter((words) => typeof words === 'string');
  const label = [key ?? 'answer', described.length === 0 ? '' : `(${described.map(plain).join(': ')})`];
  const type = typeOf(schema);
  return {
    key,
    label: label.filter((words) => words !== '').join(' '),
    type,
    required,
    choices: type === 'choice' ? enumOf(schema).map((value) => ({ label: plain(value), value })) : [],
    ...('default' in schema && { default: schema['default'] }),
  };
}

function typeOf(schema: Record<string, unknown>): Field['type'] {
  if (enumOf(schema).length > 0) return 'choice';
  const { type } = schema;
  const known = ['string', 'number', 'integer', 'boolean'] as const;
  return known.find((name) => name === type) ?? 'json';
}

/** The values that an `enum`, or an `anyOf` of constants, leaves. */
function enumOf(schema: Record<string, unknown>): unknown[] {
  if (Array.isArray(schema['enum'])) return schema['enum'];
  const variants = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(variants)) return [];
  const constants = variants.filter(
    (variant): variant is { const: unknown } => isObject(variant) && 'const' in variant,
  );
  return constants.length === variants.length ? constants.map((variant) => variant.const) : [];
}

function choiceOf(text: string, choices: Field['choices']): { value: unknown } | { error: string } {
  const named = choices.find(({ label }) => label.toLowerCase() === text.toLowerCase());
  const chosen = named ?? (/^\d+$/.test(text) ? choices[Number(text) - 1] : undefined);
  return chosen ? { value: chosen.value } : { error: `type a number from 1 to ${choices.length}` };
}

function numberOf(text: string, type: 'number' | 'integer'): { value: unknown } | { error: string } {
  const value = Number(text);
  if (!Number.isFinite(value)) return { error: 'type a number' };
  if (type === 'integer' && !Number.isSafeInteger(value)) return { error: 'type a whole number' };
  return { value };
}

function jsonOf(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { error: 'type JSON, as in {"key": "value"}' };
  }
}
