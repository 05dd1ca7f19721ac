/**
 * The filter of a list of runs in an address: the keys of `GET /v1/runs` and `baton ls`, each as text. Pure.
 * As one line it is what the CLI takes: `status=failed code=agent_timeout attr.customer="Acme Ltd"`; a word without
 * a key is what the id begins with.
 */
import type { RunFilter, RunStatus } from '../../../client/index.ts';
import { statusLooks } from '../../parts/status-looks.ts';

export type RunSearch = Readonly<Partial<Record<string, string>>>;

type Key = Exclude<keyof RunFilter, 'signal' | `attr.${string}`>;
/** `Record` makes the compiler say when one is missing. */
const keys: Record<Key, 'text' | 'moment' | 'flag' | 'statuses' | 'list'> = {
  status: 'statuses',
  blueprint: 'text',
  owner: 'text',
  ids: 'list',
  idPrefix: 'text',
  agent: 'text',
  waiting: 'flag',
  code: 'text',
  step: 'text',
  build: 'text',
  from: 'text',
  startedAfter: 'moment',
  startedBefore: 'moment',
  endedAfter: 'moment',
  endedBefore: 'moment',
};
export const filterKeys = Object.keys(keys) as readonly Key[];
export const runStatuses = Object.keys(statusLooks) as readonly RunStatus[];

/** `YYYY-MM-DDTHH:MM` with a zone, seconds where one wants. */
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function isKnown(key: string): key is Key {
  return Object.hasOwn(keys, key);
}

export function isFilterKey(key: string): boolean {
  return isKnown(key) || (key.startsWith('attr.') && key.length > 'attr.'.length);
}

/** What of an address is a filter, without what is empty, in an order of its own: the same filter is the same text. */
export function filterPart(search: RunSearch): Record<string, string> {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => isFilterKey(entry[0]) && !!entry[1],
  );
  return Object.fromEntries(given.toSorted(([a], [b]) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1)));
}

function orderOf(key: string): number {
  return isKnown(key) ? filterKeys.indexOf(key) : filterKeys.length;
}

/** What is wrong with a value, in words; null: nothing. */
export function faultOf(key: string, value: string): string | null {
  if (!isFilterKey(key)) return `${key} is no key: there are ${filterKeys.join(', ')} and attr.NAME`;
  if (key.startsWith('attr.') || !isKnown(key)) return null;
  if (keys[key] === 'statuses') {
    const wrong = value.split(',').find((status) => !runStatuses.includes(status as RunStatus));
    return wrong === undefined
      ? null
      : `status: there is no ${wrong || 'empty one'}; there are ${runStatuses.join(', ')}`;
  }
  if (keys[key] === 'moment' && (!moment.test(value) || Number.isNaN(Date.parse(value))))
    return `${key}: write a time like 2026-01-31T09:00:00Z`;
  if (keys[key] === 'flag' && value !== 'true' && value !== 'false') return `${key}: write true or false`;
  return null;
}

/** `filter` has what is right of it. */
export function readSearch(search: RunSearch): { filter: RunFilter; faults: string[] } {
  const faults: string[] = [];
  const filter: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(filterPart(search))) {
    const fault = faultOf(key, value);
    if (fault !== null) faults.push(fault);
    else filter[key] = valueOf(key, value);
  }
  return { filter: filter as RunFilter, faults };
}

function valueOf(key: string, value: string): unknown {
  if (!isKnown(key)) return value;
  if (keys[key] === 'flag') return value === 'true';
  return keys[key] === 'statuses' || keys[key] === 'list' ? value.split(',') : value;
}

/** The filter as one line. */
export function lineOf(search: RunSearch): string {
  return Object.entries(filterPart(search))
    .map(([key, value]) => (key === 'idPrefix' && !/[=\s"]/.test(value) ? value : `${key}=${quoted(value)}`))
    .join(' ');
}

function quoted(value: string): string {
  return /[\s"]/.test(value) ? JSON.stringify(value) : value;
}

/** The other way. `search` has what is right of it. */
export function readLine(line: string): { search: Record<string, string>; faults: string[] } {
  const faults: string[] = [];
  const search: Record<string, string> = {};
  for (const [, term = ''] of line.matchAll(/((?:[^\s"]|"(?:[^"\\]|\\.)*"?)+)/g)) {
    const at = term.indexOf('=');
    const [key, text] = at < 0 ? ['idPrefix', term] : [term.slice(0, at), term.slice(at + 1)];
    const value = unquoted(text);
    const fault = value === '' ? `${key}: a value is missing` : faultOf(key, value);
    if (fault !== null) faults.push(fault);
    else if (Object.hasOwn(search, key)) faults.push(`${key} is there twice`);
    else search[key] = value;
  }
  return { search, faults };
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    // The second quote is still to come.
    return text.slice(1);
  }
}

/** The same with the status taken in or out. */
export function toggledStatus(search: RunSearch, status: RunStatus): string | null {
  const chosen = new Set(search['status']?.split(',').filter(Boolean));
  if (!chosen.delete(status)) chosen.add(status);
  return runStatuses.filter((each) => chosen.has(each)).join(',') || null;
}
