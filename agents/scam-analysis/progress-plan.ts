/**
 * Which records a check tells, in order, with their percents: it depends on the entities alone. Pure.
 * Within a stage from `lo` to `hi`: percent = lo + round((hi − lo) · i / n). A stage without entities is skipped.
 */
import type { Entities, ScamStep } from './contract.ts';
import { checkedEntities, type CheckedEntity } from './find-entities.ts';

/** What one record is about. */
export interface PlannedRecord {
  /** 1, 2, 3 … */
  n: number;
  step: ScamStep;
  percent: number;
  /** null for the stages of the whole run. */
  entity: CheckedEntity | null;
}

export function planRecords(entities: Entities): PlannedRecord[] {
  const all = checkedEntities(entities);
  const ofKind = (kind: CheckedEntity['kind']) => all.filter((entity) => entity.kind === kind);
  const records = [
    { step: 'entity_extraction' as const, percent: 10, entity: null },
    ...stage('scam_db', 20, 35, all),
    ...stage('exa_search', 35, 50, all),
    ...stage('domain_reputation', 50, 65, ofKind('domain')),
    ...stage('phone_validator', 65, 80, ofKind('phone')),
    { step: 'reasoning' as const, percent: 90, entity: null },
  ];
  return records.map((record, index) => ({ n: index + 1, ...record }));
}

function stage(step: ScamStep, lo: number, hi: number, entities: readonly CheckedEntity[]) {
  return entities.map((entity, index) => ({
    step,
    percent: lo + Math.round(((hi - lo) * (index + 1)) / entities.length),
    entity,
  }));
}
