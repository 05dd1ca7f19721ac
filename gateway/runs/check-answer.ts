import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import { BatonError } from '../../protocol/errors.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { canonicalJson } from './run-context.ts';

const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: true });
addFormats.default(ajv);

/** Compiled schemas: a question is often asked again with another context. */
const validators = new LRUCache<string, ValidateFunction>({ max: 500 });

/** Errors: invalid_answer {field, issues}: the path of the fault within the answer, as in `answer.maxPages`. */
export function checkAnswer(question: Question, answer: unknown): void {
  const validate = validatorOf(question);
  if (validate === null || validate(answer)) return;
  const issues = (validate.errors ?? []).map((error) => ({
    field: ['answer', ...error.instancePath.split('/').slice(1), ...missing(error.params)].join('.'),
    message: error.message ?? 'does not fit',
  }));
  const [first] = issues;
  throw new BatonError('invalid_answer', `${first?.field ?? 'answer'} ${first?.message ?? 'does not fit the schema'}`, {
    field: first?.field ?? 'answer',
    question: question.id,
    issues,
  });
}

/** An agent may give a schema that is none: then the resumed agent checks the answer alone. */
function validatorOf({ answerSchema }: Question): ValidateFunction | null {
  const key = canonicalJson(answerSchema);
  const known = validators.get(key);
  if (known) return known;
  try {
    const { $id: _, ...schema } = answerSchema;
    const validate = ajv.compile(schema);
    validators.set(key, validate);
    return validate;
  } catch {
    return null;
  }
}

function missing(params: Record<string, unknown>): string[] {
  const name = params['missingProperty'] ?? params['additionalProperty'];
  return typeof name === 'string' ? [name] : [];
}
