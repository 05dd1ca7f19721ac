import { z } from 'zod';
import type { AgentContract } from '../../protocol/agent.ts';
import { scamTextCharacters } from '../../protocol/limits.ts';

/** Each step of a check with the name of the tool that works in it. Apps show both names, so they are fixed. */
export const stepTools = {
  entity_extraction: null,
  scam_db: 'scam_database',
  exa_search: 'exa_search',
  domain_reputation: 'domain_reputation',
  phone_validator: 'phone_validator',
  reasoning: null,
  completed: null,
  failed: null,
} as const satisfies Record<string, string | null>;
export type ScamStep = keyof typeof stepTools;
export type ScamTool = NonNullable<(typeof stepTools)[ScamStep]>;

export const analysisInputSchema = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(scamTextCharacters)
    .refine((text) => text.trim() !== '', 'must not be blank')
    .describe('the suspicious message'),
});
export type AnalysisInput = z.infer<typeof analysisInputSchema>;

export const entitiesSchema = z.object({
  phones: z.array(z.string()).describe('E.164'),
  urls: z.array(z.string()).describe('as they stand in the text'),
  domains: z.array(z.string()).describe('hosts of the addresses and mails, lower case; free-mail hosts left out'),
  emails: z.array(z.string()),
});
export type Entities = z.infer<typeof entitiesSchema>;

export const evidenceSchema = z.object({
  tool: z.string(),
  entity: z.string().describe('with wording: the phrase'),
  finding: z.string(),
  weight: z.int().describe('before the cap of its kind'),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const riskLevels = ['none', 'low', 'medium', 'high'] as const;
export type RiskLevel = (typeof riskLevels)[number];

export const analysisResultSchema = z.object({
  risk_level: z.enum(riskLevels),
  score: z.int().min(0).max(100),
  confidence: z.number(),
  entities: entitiesSchema,
  evidence: z.array(evidenceSchema),
  recommendation: z.string(),
});
export type AnalysisResult = z.infer<typeof analysisResultSchema>;

/**
 * Event of an analysis, as `kind` of `agent.emitted`; after a crash the last ones may be told twice, with the same `n`:
 *
 *   scam.progress  {n, step, tool, message, percent, error}
 *                  n counts the records of the run: 1, 2, 3 …; which record has which n depends on the text alone
 *                  step, tool: of `stepTools`; the end is the run's own, so never `completed` or `failed`
 *                  error: that check failed, and the analysis goes on
 *
 * A relay of an outside publisher has the same records without `n`, `step` null where the publisher named none.
 */
export const progressKind = 'scam.progress';

export const contract: AgentContract<AnalysisInput, AnalysisResult> = {
  name: 'scam-analyst',
  description:
    'Finds phone numbers, web and mail addresses in a message, checks each with its tools and scores the risk.',
  input: analysisInputSchema,
  output: analysisResultSchema,
  progress: 'milestones',
  repeatable: true,
};
