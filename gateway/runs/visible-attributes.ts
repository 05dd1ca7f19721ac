/** What an execution can be found by from its start on. What the workflow finds out later, it shows itself. */
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import type { ExecutionInput } from '../../protocol/execution.ts';
import { attributeCharacters, attributeNamePattern, attributesMax } from '../../protocol/limits.ts';
import type { RunStatus } from '../../protocol/schemas/state.ts';
import { toSearchable } from '../../protocol/searchable-text.ts';
import type { RunContext } from './run-context.ts';

const keys = {
  blueprint: defineSearchAttributeKey('BatonBlueprint', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('BatonStatus', SearchAttributeType.KEYWORD),
  owner: defineSearchAttributeKey('BatonOwner', SearchAttributeType.KEYWORD),
  from: defineSearchAttributeKey('BatonFrom', SearchAttributeType.KEYWORD),
  attributes: defineSearchAttributeKey('BatonAttributes', SearchAttributeType.KEYWORD_LIST),
  after: defineSearchAttributeKey('BatonAfter', SearchAttributeType.KEYWORD),
  afterAt: defineSearchAttributeKey('BatonAfterAt', SearchAttributeType.DATETIME),
  afterStartedAt: defineSearchAttributeKey('BatonAfterStartedAt', SearchAttributeType.DATETIME),
};

/** How the execution before this one ended. */
export interface Superseded {
  status: RunStatus;
  /** Its `BatonFailure`; null where it did not fail, or without a code. */
  failure: string | null;
  startedAt: Date;
  endedAt: Date;
}

export interface Visible {
  blueprint: string;
  status: 'pending' | 'running';
  owner: string | null;
  execution: ExecutionInput;
  superseded: Superseded | null;
}

export function attributesAtStart(
  { contracts, log }: Pick<RunContext, 'contracts' | 'log'>,
  { blueprint, status, owner, execution, superseded }: Visible,
): SearchAttributePair[] {
  const { cause } = execution;
  const from = cause?.data['from'] as { run?: unknown } | undefined;
  const pairs: SearchAttributePair[] = [
    { key: keys.blueprint, value: blueprint },
    { key: keys.status, value: status },
  ];
  if (owner !== null) pairs.push({ key: keys.owner, value: toSearchable(owner) });
  if (cause?.type === 'run.started' && typeof from?.run === 'string') pairs.push({ key: keys.from, value: from.run });
  if (superseded) {
    pairs.push(
      { key: keys.after, value: afterValue(superseded) },
      { key: keys.afterAt, value: superseded.endedAt },
      { key: keys.afterStartedAt, value: superseded.startedAt },
    );
  }
  try {
    const found = entriesOf(contracts.get(blueprint)?.searchable?.(execution.input) ?? {});
    if (found.length > 0) pairs.push({ key: keys.attributes, value: found });
  } catch (error) {
    // The run must not depend on it. Its contract's own tests say that it fits what the schema lets through.
    log.error({ err: error, blueprint }, 'the searchable attributes of an input could not be read');
  }
  return pairs;
}

/** A count of executions less those with this value is a count of runs as they stand now. */
export function afterValue({ status, failure }: Pick<Superseded, 'status' | 'failure'>): string {
  return failure === null ? status : `${status} ${failure}`;
}

function entriesOf(attributes: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(attributes)
    .filter(([name]) => attributeNamePattern.test(name))
    .slice(0, attributesMax)
    .map(([name, value]) => toSearchable(`${name}=${String(value).slice(0, attributeCharacters)}`));
}
