/** From bytes and strings to checked values. Errors: invalid_json, invalid_request, invalid_cursor {field, detail}. */
import type { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import { faultsShown, jsonDepth } from '../../protocol/limits.ts';
import { nestingDepth } from './nesting-depth.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export function parseJson(bytes: Uint8Array | ArrayBuffer): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (error) {
    throw new BatonError('invalid_json', 'the bytes are not UTF-8', {}, { cause: error });
  }
  if (nestingDepth(text, jsonDepth) > jsonDepth)
    throw new BatonError('invalid_json', `arrays and objects may lie ${jsonDepth} levels deep at most`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BatonError('invalid_json', `${reason}: send one JSON value in UTF-8`, {}, { cause: error });
  }
}

/** Names the first fault, with its path; `faults` has the first few. */
export function parseWith<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value, { error: ({ input }) => (input === undefined ? 'is missing' : undefined) });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, faultsShown)
    .flatMap(flatten)
    .slice(0, faultsShown)
    .map(({ path, message }) => ({ field: path.map(String).join('.'), message }));
  const [first] = faults;
  const field = first?.field ?? '';
  const code = field === 'after' ? 'invalid_cursor' : 'invalid_request';
  throw new BatonError(code, `${field === '' ? 'the request' : field}: ${first?.message ?? 'is not right'}`, {
    field,
    ...(faults.length > 1 ? { faults } : {}),
  });
}

/** The branch of a union that fits best says more than "invalid input". */
function flatten(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, faultsShown)
      .map((key) => ({ path: [...issue.path, key], message: 'is not known here' }));
  return [{ path: issue.path, message: issue.message }];
}
