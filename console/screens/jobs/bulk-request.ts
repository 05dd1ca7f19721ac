/**
 * A job that is to be begun, in an address: the runs by the keys of a filter, what is done to them as `do`, its options
 * as `do.step`, `do.reason` … Edits are no part of it. Pure.
 */
import type { BulkRequest, Edits } from '../../../client/index.ts';
import { filterPart, readSearch, type RunSearch } from '../runs/run-search.ts';
import { actionNames, actions, type BulkAction, type Option } from './actions.ts';

export const perSecondDefault = 10;
const [perSecondMin, perSecondMax] = [0.1, 100];

export type FaultPlace = 'do' | 'do.step' | 'do.perSecond' | 'filter' | 'all' | 'edits';

export interface ReadBulk {
  action: BulkAction | null;
  /** null: something is missing still, or wrong. */
  request: BulkRequest | null;
  faults: Partial<Record<FaultPlace, string>>;
}

/** `edits`: undefined where there are none, null where what was typed is none. */
export function readBulk(search: RunSearch, edits: Edits | null | undefined): ReadBulk {
  const faults: ReadBulk['faults'] = {};
  const action = actionNames.find((name) => name === search['do']) ?? null;
  if (action === null) faults.do = 'Choose what to do.';
  const takes = (option: Option) => action !== null && actions[action].takes.includes(option);
  const { filter, faults: filterFaults } = readSearch(search);
  if (filterFaults.length > 0) faults.filter = filterFaults.join('; ');
  const meansAll = Object.keys(filterPart(search)).length === 0;
  if (meansAll && search['all'] !== '1') faults.all = 'There is no filter: say that every run is meant.';
  const { 'do.step': step, 'do.reason': reason, 'do.perSecond': pace } = search;
  if (action === 'reset' && !step) faults['do.step'] = 'Say before which step, as in codesmith#2.';
  const perSecond = pace === undefined || pace === '' ? perSecondDefault : Number(pace);
  if (!(perSecond >= perSecondMin && perSecond <= perSecondMax))
    faults['do.perSecond'] = `A number from ${perSecondMin} to ${perSecondMax}.`;
  if (takes('edits') && edits === null) faults.edits = 'Write an object in JSON, or nothing.';
  if (action === null || Object.keys(faults).length > 0) return { action, request: null, faults };
  const request: BulkRequest = {
    action,
    perSecond,
    ...(meansAll ? { all: true } : { filter: filter as NonNullable<BulkRequest['filter']> }),
    ...(takes('step') && step && { step }),
    ...(takes('reason') && reason && { reason }),
    ...(takes('now') && search['do.now'] === '1' && { mode: 'now' as const }),
    ...(takes('force') && search['do.force'] === '1' && { force: true }),
    ...(takes('terminate') && search['do.terminate'] === '1' && { terminate: true }),
    ...(takes('edits') && edits && { edits }),
  };
  return { action, request, faults };
}

/** Edits as they were typed: undefined for nothing, null for what is no object. */
export function readEdits(text: string): Edits | null | undefined {
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    // Its place is said beside the text.
    return null;
  }
}
