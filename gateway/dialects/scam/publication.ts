/** What an outside publisher sends, in the words of the log. */
import { z } from 'zod';
import { progressKind, stepTools, type ScamStep } from '../../../agents/scam-analysis/contract.ts';
import { scamMessageCharacters } from '../../../protocol/limits.ts';
import type { Publication } from '../../engine.ts';

const steps = Object.keys(stepTools) as ScamStep[];

export const publicationSchema = z.object({
  message: z.string().min(1).max(scamMessageCharacters),
  percent: z.int().min(0).max(100),
  step: z.enum([...steps, 'tool_execution']).optional(),
  tool: z.string().max(200).nullish(),
  error: z.boolean().default(false),
});
export type PublicationBody = z.infer<typeof publicationSchema>;

/** Steps by the names that publishers give their tools; others reason. */
const toolSteps: Readonly<Record<string, ScamStep>> = {
  entity_extraction: 'entity_extraction',
  entity_extractor: 'entity_extraction',
  scam_database: 'scam_db',
  scam_db: 'scam_db',
  database_check: 'scam_db',
  exa_search: 'exa_search',
  web_search: 'exa_search',
  domain_reputation: 'domain_reputation',
  domain_check: 'domain_reputation',
  url_check: 'domain_reputation',
  phone_validator: 'phone_validator',
  phone_check: 'phone_validator',
};

/** A record without a step belongs to its tool's, else to the task's last one (null). */
export function publicationOf({ message, percent, step, tool, error }: PublicationBody): Publication {
  const named = stepOf(step, tool ?? null);
  return {
    kind: progressKind,
    data: { step: named, tool: named === null ? null : stepTools[named], message, percent, error },
    progress: { fraction: percent / 100, message },
    ...(named === 'completed' ? { end: { status: 'completed', result: { message } } } : {}),
    ...(named === 'failed' ? { end: { status: 'failed', message } } : {}),
  };
}

function stepOf(step: PublicationBody['step'], tool: string | null): ScamStep | null {
  if (step !== undefined && step !== 'tool_execution') return step;
  const byTool = tool !== null && Object.hasOwn(toolSteps, tool) ? (toolSteps[tool] ?? null) : null;
  return byTool ?? (step === undefined && tool === null ? null : 'reasoning');
}
