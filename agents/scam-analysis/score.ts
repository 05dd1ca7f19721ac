/** From evidence to a score: each kind has its cap. Pure. */
import type { Evidence, RiskLevel } from './contract.ts';
import type { Wording } from './judge-wording.ts';

/** Most points of each kind. */
export const caps = {
  scam_database: 70,
  exa_search: 20,
  domain_reputation: 50,
  phone_validator: 35,
  urgency: 15,
  payment: 30,
  credentials: 20,
  lure: 20,
} as const satisfies Record<string, number> & Record<Wording, number>;
export type EvidenceKind = keyof typeof caps;

export interface KindedEvidence {
  kind: EvidenceKind;
  evidence: Evidence;
}

export function scoreOf(found: readonly KindedEvidence[]): number {
  const points = new Map<EvidenceKind, number>();
  for (const { kind, evidence } of found)
    points.set(kind, Math.min(caps[kind], (points.get(kind) ?? 0) + evidence.weight));
  return Math.min(
    100,
    [...points.values()].reduce((sum, value) => sum + value, 0),
  );
}

export function riskOf(score: number): RiskLevel {
  if (score >= 70) return 'high';
  if (score >= 40) return 'medium';
  return score >= 15 ? 'low' : 'none';
}

/** 0.5 with no evidence, in steps of 0.08, at most 0.99. */
export function confidenceOf(evidenceCount: number): number {
  return Math.min(0.99, Math.round((0.5 + evidenceCount * 0.08) * 100) / 100);
}
