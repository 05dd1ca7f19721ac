/**
 * Whether an answer fits the JSON Schema of its question. Schemas come from agents, and with them from models and MCP
 * servers: none may hold up or end the gateway, and none sees another's parts.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import { isOversize } from '../../protocol/cut-data.ts';
import { BatonError } from '../../protocol/errors.ts';
import { answerBytes, answerCheckMs, faultsShown } from '../../protocol/limits.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { isTimeout, runWithin } from './run-within.ts';

/** By the JSON of the schema: a question is often asked again with another context. null: the schema is none. */
const validators = new LRUCache<string, { validate: ValidateFunction | null }>({ max: 500 });

/** Errors: invalid_answer {field, faults}: the path of the fault within the answer, as in `answer.maxPages`. */
export function checkAnswer(question: Question, answer: unknown): void {
  if (isOversize(JSON.stringify(answer) ?? '', answerBytes)) {
    const message = `answer: it may have ${answerBytes} bytes; larger ones go by reference`;
    throw new BatonError('invalid_answer', message, { field: 'answer', question: question.id });
  }
  const validate = inTime(question, () => validatorOf(question));
  if (validate === null || inTime(question, () => fits(validate, answer))) return;
  const errors = (validate.errors ?? []).slice(0, faultsShown);
  const faults = errors.map((error) => ({
    field: ['answer', ...error.instancePath.split('/').slice(1), ...missing(error.params)].join('.'),
    message: error.message ?? 'does not fit',
  }));
  const [first] = faults;
  throw new BatonError('invalid_answer', `${first?.field ?? 'answer'} ${first?.message ?? 'does not fit the schema'}`, {
    field: first?.field ?? 'answer',
    question: question.id,
    faults,
  });
}

/** What took too long is refused, not let through unchecked: a busy machine may do better the next time. */
function inTime<T>({ id }: Question, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const message = 'answer: it cannot be checked against the schema of its question in time';
    throw new BatonError('invalid_answer', message, { field: 'answer', question: id });
  }
}

function fits(validate: ValidateFunction, answer: unknown): boolean {
  try {
    return runWithin(answerCheckMs, () => validate(answer));
  } catch (error) {
    if (isTimeout(error)) throw error;
    // A schema that refers to itself for ever is none.
    return true;
  }
}

/** An agent may give a schema that is none: then the resumed agent checks the answer alone. */
function validatorOf({ answerSchema }: Question): ValidateFunction | null {
  const key = JSON.stringify(answerSchema);
  const known = validators.get(key);
  if (known) return known.validate;
  const validate = compile(answerSchema);
  validators.set(key, { validate });
  return validate;
}

/**
 * With an Ajv of its own: one for all would keep every schema for ever, and let one schema refer to another's `$id`.
 * `$schema` names the drafts that tools put there; `$async` would make the outcome a promise that nobody awaits.
 */
function compile(answerSchema: Record<string, unknown>): ValidateFunction | null {
  const ours = new Set(['$id', '$schema', '$async']);
  const schema = Object.fromEntries(Object.entries(answerSchema).filter(([key]) => !ours.has(key)));
  try {
    return runWithin(answerCheckMs, () => {
      const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false, meta: false, logger: false });
      addFormats.default(ajv);
      return ajv.compile(schema);
    });
  } catch (error) {
    if (isTimeout(error)) throw error;
    return null;
  }
}

function missing(params: Record<string, unknown>): string[] {
  const name = params['missingProperty'] ?? params['additionalProperty'];
  return typeof name === 'string' ? [name] : [];
}
