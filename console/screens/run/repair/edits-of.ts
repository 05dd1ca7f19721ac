/** What a run is changed by on its way on: from what was entered to what is sent. Pure. */
import type { Edits } from '../../../../client/index.ts';
import { isSame, objectOf } from '../../../parts/sorted-json.ts';

export type Keeps = 'ask' | 'keep' | 'edit';

/** Of one question that would be asked again. */
export interface AnswerEdit {
  keeps: Keeps;
  /** Of `edit`. */
  answer?: unknown;
  /** What was typed last cannot be read. */
  isNoJson?: true;
}

export interface Entered {
  input: { before: unknown; after: unknown };
  context: { before: unknown; after: unknown };
  /** By step. */
  results: unknown;
  /** By question. */
  answers: Readonly<Record<string, AnswerEdit>>;
}

/** undefined where nothing is changed. */
export function editsOf({ input, context, results, answers }: Entered): Edits | undefined {
  const changed = changedKeys(context.before, context.after);
  const taken = objectOf(results);
  const edited = Object.entries(answers).filter(([, { keeps }]) => keeps === 'edit');
  const kept = Object.entries(answers).flatMap(([id, { keeps }]) => (keeps === 'keep' ? [id] : []));
  const edits: Edits = {
    ...(isSame(input.before, input.after) ? {} : { input: input.after }),
    ...(Object.keys(changed).length > 0 && { context: changed }),
    ...(Object.keys(taken).length > 0 && { results: taken }),
    ...(edited.length > 0 && { answers: Object.fromEntries(edited.map(([id, { answer }]) => [id, answer ?? null])) }),
    ...(kept.length > 0 && { keepAnswers: kept }),
  };
  return Object.keys(edits).length === 0 ? undefined : edits;
}

/** An edited context is merged into the one before: only what is different is sent. */
export function changedKeys(before: unknown, after: unknown): Record<string, unknown> {
  const old = objectOf(before);
  return Object.fromEntries(Object.entries(objectOf(after)).filter(([key, value]) => !isSame(old[key], value)));
}

/** Merging takes no key away. */
export function keysTakenAway(before: unknown, after: unknown): string[] {
  const now = objectOf(after);
  return Object.keys(objectOf(before)).filter((key) => !Object.hasOwn(now, key));
}
