/**
 * One attempt of a check: every record of its plan, in order, each when its tool is through.
 *
 *   entities ─▶ scam_db ─▶ exa_search ─▶ domain_reputation ─▶ phone_validator ─▶ reasoning ─▶ done
 *
 * A tool that fails fails its record and not the check. Searches of the web run ahead of their records, a few at once.
 * After a crash everything is done again: it takes milliseconds, and records keep their `n`.
 */
import { AgentStopped } from '../../protocol/agent-stopped.ts';
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { scamMessageCharacters, scamSearchesAtOnce } from '../../protocol/limits.ts';
import type { Model } from '../../runtime/model/model.ts';
import type { EntityReports } from '../../stores/entities/entity-reports.ts';
import { ahead } from './ahead.ts';
import { checkEntity, checkMessage, type CheckTools } from './check-tools.ts';
import { progressKind, stepTools, type AnalysisInput, type AnalysisResult, type Entities } from './contract.ts';
import { findEntities } from './find-entities.ts';
import { judgeWording } from './judge-wording.ts';
import { planRecords, type PlannedRecord } from './progress-plan.ts';
import { modelRecommendation, standardRecommendation } from './recommendation.ts';
import { confidenceOf, riskOf, scoreOf, type KindedEvidence } from './score.ts';
import type { WebReports } from './web-reports.ts';

export interface AnalysisTools {
  /** Throws where the store cannot be opened: then its checks fail, and the others go on. */
  reports: () => EntityReports;
  web: WebReports;
  model: Model | null;
}

/** Throws the reason of the context's signal. */
export async function analyse(
  ctx: AgentContext,
  { text }: AnalysisInput,
  tools: AnalysisTools,
): Promise<AgentResult<AnalysisResult>> {
  const entities = findEntities(text);
  const plan = planRecords(entities);
  const found: KindedEvidence[] = [];
  const checks = checkTools(ctx, plan, entities, tools);
  for (const record of plan) {
    ctx.signal.throwIfAborted();
    const { step, entity } = record;
    if (entity !== null) {
      const fault = await attempt(ctx, async () => void found.push(...(await checkEntity(step, entity, checks))));
      await tell(ctx, record, checkMessage(step, entity), fault);
    } else if (step === 'entity_extraction') await tell(ctx, record, extractionMessage(entities), null);
  }
  for (const { wording, ...evidence } of judgeWording(text)) found.push({ kind: wording, evidence });
  return await conclude(ctx, { text, plan, found, entities, model: tools.model });
}

function checkTools(
  ctx: AgentContext,
  plan: readonly PlannedRecord[],
  entities: Entities,
  { reports, web }: AnalysisTools,
): CheckTools {
  const searched = plan.flatMap(({ step, entity }) => (step === 'exa_search' && entity ? [entity] : []));
  return {
    reports,
    nextSearch: ahead(searched, scamSearchesAtOnce, async (entity) => await web.search(entity, ctx.signal)),
    searchSource: web.source,
    entities,
    owner: ctx.owner,
  };
}

async function conclude(
  ctx: AgentContext,
  {
    text,
    plan,
    found,
    entities,
    model,
  }: {
    text: string;
    plan: readonly PlannedRecord[];
    found: readonly KindedEvidence[];
    entities: Entities;
    model: Model | null;
  },
): Promise<AgentResult<AnalysisResult>> {
  const evidence = found.map((entry) => entry.evidence);
  const score = scoreOf(found);
  const risk = riskOf(score);
  const judged = { risk_level: risk, score, confidence: confidenceOf(evidence.length), entities, evidence };
  let recommendation = standardRecommendation(risk);
  const fault = await attempt(ctx, async () => {
    if (model === null) return;
    const streams = { signal: ctx.signal, onText: (chunk: string) => ctx.text(chunk) };
    recommendation = await modelRecommendation(model, text, judged, streams);
  });
  const reasoning = plan.find(({ step }) => step === 'reasoning');
  const findings = `${evidence.length} finding${evidence.length === 1 ? '' : 's'}`;
  if (reasoning) await tell(ctx, reasoning, `Weighing the evidence: ${findings}`, fault);
  return { done: { ...judged, recommendation }, message: `${risk} risk` };
}

/** null where it went well, else why it failed. Whoever is told to stop stops. */
async function attempt(ctx: AgentContext, work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof AgentStopped) throw error;
    ctx.log.warn('a tool of a check failed', { err: error });
    return error instanceof Error && error.message !== '' ? error.message : 'unknown reason';
  }
}

async function tell(
  ctx: AgentContext,
  { n, step, percent }: PlannedRecord,
  message: string,
  fault: string | null,
): Promise<void> {
  const text = (fault === null ? message : `${message}: failed, ${fault}`).slice(0, scamMessageCharacters);
  ctx.progress(percent / 100, text);
  await ctx.emit(progressKind, { n, step, tool: stepTools[step], message: text, percent, error: fault !== null });
}

function extractionMessage({ phones, domains, emails }: Entities): string {
  const parts = [count(phones, 'phone number'), count(domains, 'domain'), count(emails, 'mail address', 'es')];
  const named = parts.filter((part) => part !== null);
  return named.length === 0 ? 'Found nothing that can be looked up' : `Found ${named.join(', ')}`;
}

function count({ length }: readonly string[], noun: string, plural = 's'): string | null {
  return length === 0 ? null : `${length} ${noun}${length === 1 ? '' : plural}`;
}
