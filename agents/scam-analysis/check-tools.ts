/** One check of one entity by one tool: what it is called while it is made, and the evidence that it finds. */
import { parse } from 'tldts';
import type { EntityReports } from '../../stores/entities/entity-reports.ts';
import type { Entities, ScamStep } from './contract.ts';
import type { CheckedEntity } from './find-entities.ts';
import { judgeDomain } from './judge-domain.ts';
import { judgePhone } from './judge-phone.ts';
import type { KindedEvidence } from './score.ts';

export interface CheckTools {
  /** Throws where the store cannot be opened. */
  reports: () => EntityReports;
  /** Outcomes of the web searches, in the order of the entities. */
  nextSearch: () => Promise<string[]>;
  searchSource: 'exa' | 'offline';
  entities: Entities;
  /** Of the run: whose notes may stand in the evidence. */
  owner: string | null;
}

const titleCharacters = 200;

const kinds: Readonly<Record<CheckedEntity['kind'], string>> = { phone: 'numbers', domain: 'domains', email: 'mails' };

/** Throws what the tool failed with. */
export async function checkEntity(
  step: ScamStep,
  entity: CheckedEntity,
  { reports, nextSearch, searchSource, entities, owner }: CheckTools,
): Promise<KindedEvidence[]> {
  switch (step) {
    case 'scam_db': {
      const report = reports().find(entity.kind, reportedNames(entity), owner);
      if (report === null) return [];
      const finding = report.note === null ? 'reported as a scam' : `reported as a scam: ${cut(report.note)}`;
      return [
        { kind: 'scam_database', evidence: { tool: 'scam_database', entity: entity.value, finding, weight: 50 } },
      ];
    }
    case 'exa_search': {
      const place = searchSource === 'offline' ? 'offline report' : 'web report';
      return (await nextSearch()).map((title) => ({
        kind: 'exa_search',
        evidence: {
          tool: 'exa_search',
          entity: entity.value,
          finding: `${place}: ${cut(title)}`,
          weight: 10,
        },
      }));
    }
    case 'domain_reputation':
      return judgeDomain(entity.value, entities.urls).map((evidence) => ({ kind: 'domain_reputation', evidence }));
    case 'phone_validator':
      return judgePhone(entity.value).map((evidence) => ({ kind: 'phone_validator', evidence }));
    default:
      return [];
  }
}

/** Half a character would make the whole frame unreadable to strict clients. */
function cut(title: string): string {
  return title.slice(0, titleCharacters).toWellFormed();
}

export function checkMessage(step: ScamStep, { kind, value }: CheckedEntity): string {
  switch (step) {
    case 'scam_db':
      return `Looking up ${value} among reported ${kinds[kind]}`;
    case 'exa_search':
      return `Searching the web for reports of ${value}`;
    case 'domain_reputation':
      return `Checking the reputation of ${value}`;
    default:
      return `Validating the number ${value}`;
  }
}

/** Who reports a domain means what lies under it, too. */
function reportedNames({ kind, value }: CheckedEntity): string[] {
  if (kind !== 'domain') return [value];
  const { domain } = parse(value);
  if (domain === null) return [value];
  const labels = value.split('.');
  const own = domain.split('.').length;
  return Array.from({ length: labels.length - own + 1 }, (_, index) => labels.slice(index).join('.'));
}
