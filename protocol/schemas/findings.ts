/** What a look at an installation finds. The command `baton doctor` prints these. */
import { z } from 'zod';

export const verdicts = ['ok', 'warning', 'fault'] as const;

export const findingSchema = z
  .strictObject({
    check: z.string().describe('what was looked at, as in `search-attributes`'),
    verdict: z.enum(verdicts),
    found: z.string().describe('in a sentence'),
    remedy: z.string().optional().describe('what to do, where something is wrong'),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof findingSchema>;

export const findingsSchema = z
  .strictObject({
    verdict: z.enum(verdicts).describe('the worst of them'),
    at: z.iso.datetime(),
    items: z.array(findingSchema),
  })
  .meta({ id: 'Findings' });
export type Findings = z.infer<typeof findingsSchema>;

export function worstVerdict(items: readonly Pick<Finding, 'verdict'>[]): Finding['verdict'] {
  return verdicts.toReversed().find((verdict) => items.some((item) => item.verdict === verdict)) ?? 'ok';
}
