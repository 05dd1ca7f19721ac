/**
 * How a question is answered: by one of its choices, by what is entered, or by both. What a choice says is fixed; the rest
 * of the answer is entered beside it. A text, list or object that the context has under the name of a field of the answer
 * is a proposal: it stands in the field, to be edited. Pure.
 */
import type { Question } from '../../../client/index.ts';
import { validate } from '../schema-form/validate.ts';
import type { JsonSchema } from '../schema-form/shown-schema.ts';

export interface AnswerPlan {
  choices: readonly { value: unknown; label: string }[];
  /** Of what is entered; null: nothing is. Beside choices, it is the part that they leave open. */
  schema: JsonSchema | null;
  /** What stands in the fields at first. */
  initial: unknown;
  /** Names of the fields that began with a proposal. */
  proposed: readonly string[];
}

export function answerPlan({
  answerSchema,
  choices = [],
  context,
}: Pick<Question, 'answerSchema' | 'choices' | 'context'>): AnswerPlan {
  const schema = choices.length === 0 ? answerSchema : schemaBeside(answerSchema, choices);
  const properties = schema === null ? {} : propertiesOf(schema);
  const found = isObject(context) ? context : {};
  const proposed = Object.keys(properties).filter((name) => isProposal(found[name], properties[name], answerSchema));
  const initial =
    proposed.length === 0
      ? undefined
      : Object.fromEntries(proposed.map((name) => [name, structuredClone(found[name])]));
  return { choices, schema, initial, proposed };
}

/** What a choice sends: what was entered beside it, without proposals that nobody has changed and nobody needs. */
export function chosenAnswer(
  { answerSchema }: Pick<Question, 'answerSchema'>,
  plan: AnswerPlan,
  { choice, entered }: { choice: unknown; entered: unknown },
): unknown {
  if (plan.schema === null || !isObject(choice) || !isObject(entered)) return choice;
  const needed: unknown = answerSchema['required'];
  const before = isObject(plan.initial) ? plan.initial : {};
  const told = Object.entries(entered).filter(
    ([name, value]) =>
      !plan.proposed.includes(name) ||
      (Array.isArray(needed) && needed.includes(name)) ||
      JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return { ...Object.fromEntries(told), ...choice };
}

/** The properties that no choice fixes; none of them is needed until a choice is sent. */
function schemaBeside(schema: JsonSchema, choices: NonNullable<Question['choices']>): JsonSchema | null {
  if (!choices.every(({ value }) => isObject(value))) return null;
  const fixed = new Set(choices.flatMap(({ value }) => Object.keys(value as object)));
  const open = Object.entries(propertiesOf(schema)).filter(([name]) => !fixed.has(name));
  if (open.length === 0) return null;
  const { $defs, definitions } = schema;
  return {
    type: 'object',
    properties: Object.fromEntries(open),
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
}

function isProposal(value: unknown, property: unknown, { $defs, definitions }: JsonSchema): boolean {
  // A number of that name is a fact: sent back, it would say something.
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return false;
  return isObject(property) && validate({ ...property, $defs, definitions }, value).length === 0;
}

function propertiesOf({ properties }: JsonSchema): Record<string, unknown> {
  return isObject(properties) ? properties : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
