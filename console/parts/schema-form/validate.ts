/**
 * What is wrong with a value by its JSON Schema (2020-12), without `eval`, which the page's policy forbids. The gateway
 * has the last word: a schema that cannot be followed here finds nothing. Pure.
 */
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { Fault } from './fault.ts';
import { faultWords } from './fault-words.ts';

/** Say only that something inside is wrong, and are followed by what it is. */
const containers: ReadonlySet<string> = new Set([
  '$ref',
  '$recursiveRef',
  'allOf',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'if',
  'then',
  'else',
]);

const validators = new WeakMap<object, Validator | null>();

export function validate(schema: Readonly<Record<string, unknown>>, value: unknown): Fault[] {
  // What has no value is not there, as on the wire.
  const instance: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  if (instance === undefined) return [{ path: [], message: 'is needed' }];
  const places = new Set<string>();
  return choose(unitsOf(schema, instance))
    .map((unit) => toFault(unit, instance))
    .filter(({ path }) => {
      const place = JSON.stringify(path);
      return !places.has(place) && places.add(place);
    });
}

function unitsOf(schema: Readonly<Record<string, unknown>>, instance: unknown): OutputUnit[] {
  try {
    return validatorOf(schema)?.validate(instance).errors ?? [];
  } catch {
    // A schema that refers to what is not there, or to itself for ever.
    return [];
  }
}

function validatorOf(schema: Readonly<Record<string, unknown>>): Validator | null {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  let validator: Validator | null = null;
  try {
    // The validator writes into what it is given.
    validator = new Validator(withoutSlowPatterns(structuredClone(schema)) as Schema, '2020-12', false);
  } catch {
    // Not a schema.
  }
  validators.set(schema, validator);
  return validator;
}

/** Schemas come from agents too: a pattern that repeats what repeats can take for ever, and is left to the gateway. */
function withoutSlowPatterns(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutSlowPatterns);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
    if (key === 'pattern' && typeof value === 'string' && isSlow(value)) return [];
    if (key === 'patternProperties' && typeof value === 'object' && value !== null)
      return Object.keys(value).some(isSlow) ? [] : [[key, withoutSlowPatterns(value)]];
    return [[key, withoutSlowPatterns(value)]];
  });
  return Object.fromEntries(entries);
}

function isSlow(pattern: string): boolean {
  return /\)[*+?{]|\\\d/.test(pattern) || (pattern.match(/[*+{]/g)?.length ?? 0) > 3;
}

/** Of alternatives, the faults of the one that the value fits best. */
function choose(units: readonly OutputUnit[]): OutputUnit[] {
  const chosen: OutputUnit[] = [];
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] as OutputUnit;
    if (containers.has(unit.keyword)) continue;
    if (unit.keyword !== 'anyOf' && unit.keyword !== 'oneOf') {
      chosen.push(unit);
      continue;
    }
    const within = `${unit.keywordLocation}/`;
    const branches = new Map<string, OutputUnit[]>();
    let branch: OutputUnit[] = [];
    while (at + 1 < units.length) {
      const next = units[at + 1] as OutputUnit;
      if (next.keyword !== 'false') {
        if (!next.keywordLocation.startsWith(within)) break;
        const index = next.keywordLocation.slice(within.length).split('/')[0] ?? '';
        branch = branches.get(index) ?? [];
        branches.set(index, branch);
      }
      branch.push(next);
      at++;
    }
    chosen.push(...bestOf([...branches.values()].map(choose), unit));
  }
  return chosen;
}

function bestOf(branches: readonly OutputUnit[][], whole: OutputUnit): OutputUnit[] {
  // Another constant or another type: a different alternative is meant.
  const strangeness = (units: OutputUnit[]) =>
    units.filter(
      ({ keyword, instanceLocation }) =>
        keyword === 'const' || (keyword === 'type' && instanceLocation === whole.instanceLocation),
    ).length;
  const [best, second] = branches
    .map((units) => ({ units, strange: strangeness(units) }))
    .toSorted((a, b) => a.strange - b.strange || a.units.length - b.units.length);
  if (!best || best.units.length === 0 || (best.strange > 0 && second !== undefined)) return [whole];
  return best.units;
}

function toFault(unit: OutputUnit, instance: unknown): Fault {
  const path: (string | number)[] = [];
  let at = instance;
  for (const part of unit.instanceLocation.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  const named = unit.keyword === 'required' ? /property "(.*)"\.$/.exec(unit.error)?.[1] : undefined;
  if (named !== undefined) path.push(named);
  return { path, message: faultWords(unit) };
}
