/** What agents write with the log of their context. */
import { z } from 'zod';
import { agentLogPageDefault, agentLogPageMax } from '../limits.ts';
import { logLevels } from '../log-levels.ts';
import { countParam, fromDigits, wholeNumber } from './runs-query.ts';

const cursor = z.preprocess(fromDigits, wholeNumber(0, Number.MAX_SAFE_INTEGER));

const place = {
  after: cursor.optional().describe('`next` of a page: what was written since, the oldest first'),
  before: cursor.optional().describe('`previous` of a page: the newest of those before it'),
  limit: countParam(agentLogPageDefault, agentLogPageMax),
  level: z.enum(logLevels).optional().describe('this level and those above it'),
};

/** Without a place: from the first line on. */
export const runLogsQuerySchema = z.object({
  ...place,
  step: z.string().optional().describe('of this step alone, as in codesmith#2'),
});
export type RunLogsQuery = z.infer<typeof runLogsQuerySchema>;

/** Without a place: the newest. */
export const systemLogsQuerySchema = z.object({ ...place, agent: z.string().optional(), run: z.string().optional() });
export type SystemLogsQuery = z.infer<typeof systemLogsQuerySchema>;

export const logLineSchema = z
  .object({
    id: z.int().describe('ascending over all runs, with holes'),
    at: z.iso.datetime(),
    level: z.enum(logLevels),
    run: z.string(),
    agent: z.string(),
    step: z.string(),
    attempt: z.int(),
    message: z.string().describe('empty where it is unreadable'),
    fields: z
      .record(z.string(), z.unknown())
      .describe('what was logged beside it, secrets redacted; {cut, bytes} where it was too much for a line'),
    unreadable: z.string().optional().describe('why it cannot be decrypted'),
  })
  .meta({ id: 'LogLine' });
export type LogLine = z.infer<typeof logLineSchema>;

export const logLinesSchema = z
  .object({
    items: z.array(logLineSchema).describe('in the order of their ids'),
    next: z.int().describe('as `after`: what comes after these'),
    previous: z.int().nullable().describe('as `before`: what came before these; null: nothing did'),
    available: z.boolean().describe('false: no worker keeps lines where this gateway could read them'),
    reason: z.string().optional().describe('why none are available'),
  })
  .meta({ id: 'LogLines' });
export type LogLines = z.infer<typeof logLinesSchema>;
