/**
 * Who may what, as pure questions about a principal.
 *
 * | role | |
 * |---|---|
 * | client | starts runs; sees, answers and cancels its own |
 * | human | answers questions that are addressed to it, and reads their runs |
 * | ops | everything |
 */
import type { Principal } from '../../protocol/execution.ts';
import type { Question } from '../../protocol/schemas/question.ts';

export function isOps(by: Principal): boolean {
  return by.roles.includes('ops');
}

export function mayStart(by: Principal): boolean {
  return isOps(by) || by.roles.includes('client');
}

export function owns(by: Principal, owner: string | null): boolean {
  return by.authenticated && owner === by.name && by.roles.includes('client');
}

/** By name, or by any role but `client`: that one every owner has, and it opens nobody else's run. */
export function isAddressedTo(question: Pick<Question, 'audience'>, by: Principal): boolean {
  const { names = [], roles = [] } = question.audience;
  if (names.includes(by.name)) return true;
  return roles.some((role) => role !== 'client' && by.roles.includes(role));
}

/** A token that is limited to one task reaches no other run; that one it has as its owner has it. */
export function isWithinReach(by: Principal, run: string): boolean {
  return by.onlyTask === undefined || run === `scam:${by.onlyTask}`;
}
