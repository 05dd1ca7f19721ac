/** How runs are found: the one query of lists, counts, failure groups and bulk jobs. */
import { z } from 'zod';
import { attributeNamePattern, idListMax, listPageDefault, listPageMax, principalCharacters } from '../limits.ts';
import { runStatusSchema } from './state.ts';

/** Query strings bring digits; anything else than digits is refused, also what `Number` would take. */
export const fromDigits = (value: unknown) =>
  typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
export const wholeNumber = (min: number, max: number) =>
  z.int(`send a whole number from ${min} to ${max}`).min(min).max(max);
export const countParam = (fallback: number, max: number) =>
  z.preprocess(fromDigits, wholeNumber(1, max)).default(fallback);

/** Temporal's visibility stumbles over control characters, and over what is no Unicode. */
const name = z
  .string()
  .max(principalCharacters)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'send a name, without control characters');
const moment = z.iso.datetime({ offset: true, error: 'send a time like 2026-01-31T09:00:00Z' });
const commaList = (value: unknown) => (typeof value === 'string' ? value.split(',') : value);
const flag = (value: unknown) => (value === 'true' || value === '1' ? true : value === 'false' ? false : value);

/**
 * All that are given must hold. Besides, `attr.NAME`: what the blueprint declares searchable in its input, as text.
 * `agent`, `waiting`: of open runs; `code`, `step`, `build`: of failed ones.
 */
const filterFields = z.object({
  status: z.preprocess(commaList, z.array(runStatusSchema).min(1)).optional().describe('any of these, a comma list'),
  blueprint: name.optional(),
  owner: name.optional(),
  ids: z
    .preprocess(commaList, z.array(name).min(1).max(idListMax))
    .optional()
    .describe('any of these runs, a comma list'),
  idPrefix: name.optional().describe('what the id begins with'),
  agent: name.optional().describe('the agent that works now'),
  waiting: z.preprocess(flag, z.boolean()).optional().describe('true: a question is open'),
  code: name.optional().describe('the code of the error that it failed with'),
  step: name.optional().describe('the step that it failed in, codesmith#2; without a number any of that agent'),
  build: name.optional().describe('build of the worker that it failed on'),
  from: name.optional().describe('forks of this run'),
  startedAfter: moment.optional().describe('its newest execution began after'),
  startedBefore: moment.optional(),
  endedAfter: moment.optional(),
  endedBefore: moment.optional(),
});
export type RunsFilter = z.infer<typeof filterFields>;

/** Errors of `attr.NAME`. */
function checkAttributes(query: Record<string, unknown>, faults: z.core.$RefinementCtx): void {
  for (const [key, value] of Object.entries(query)) {
    if (!key.startsWith('attr.')) continue;
    const fault = (message: string) => faults.addIssue({ code: 'custom', path: [key], message });
    if (!attributeNamePattern.test(key.slice('attr.'.length))) fault('attr.NAME: letters, digits, _ and -, at most 40');
    else if (!name.safeParse(value).success) fault('send the text that it must have, without control characters');
  }
}

/** Besides `attr.NAME`. */
export const runsFilterKeys: ReadonlySet<string> = new Set(Object.keys(filterFields.shape));

export const runsFilterSchema = filterFields.catchall(z.unknown()).superRefine(checkAttributes);

const queryFields = filterFields.extend({
  cursor: z.string().optional(),
  limit: countParam(listPageDefault, listPageMax),
});
export type RunsQuery = z.infer<typeof queryFields>;
export const runsQuerySchema = queryFields.catchall(z.unknown()).superRefine(checkAttributes);

export const runCountSchema = z
  .object({
    total: z.int(),
    byStatus: z.record(z.string(), z.int()).describe('status → runs; only those that there are'),
  })
  .meta({ id: 'RunCount' });
export type RunCount = z.infer<typeof runCountSchema>;

/** Runs that failed alike. */
export const failureGroupSchema = z
  .object({
    code: z.string(),
    step: z.string().nullable().describe('null: in no step'),
    build: z.string().nullable().describe('of the worker; null where it has none'),
    count: z.int(),
    example: z.string().describe('a run of this group, the newest'),
    lastAt: z.string().describe('when the example failed'),
  })
  .meta({ id: 'FailureGroup' });
export type FailureGroup = z.infer<typeof failureGroupSchema>;

export const failureGroupsSchema = z
  .object({
    items: z.array(failureGroupSchema).describe('the largest first'),
    ungrouped: z.int().describe('failed runs beyond the groups: more kinds than are told, or failed without a code'),
  })
  .meta({ id: 'FailureGroups' });
export type FailureGroups = z.infer<typeof failureGroupsSchema>;
