/** What is typed on a command line as values. Pure; what it reads from files comes in as functions. */
import { UsageError } from './usage-error.ts';

/**
 * `key=value` pairs as an object. A value that is JSON is taken as such (`3`, `true`, `null`, `"3"`, `[1]`), anything
 * else as text; `key:=value` insists on JSON. `a.b=1` reaches into objects.
 */
export function parsePairs(pairs: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) throw new UsageError(`${JSON.stringify(pair)} is not key=value`);
    const isJson = pair[at - 1] === ':';
    const key = pair.slice(0, isJson ? at - 1 : at);
    const text = pair.slice(at + 1);
    put(result, key.split('.'), isJson ? parseJson(text, key) : jsonOrText(text), pair);
  }
  return result;
}

/** `--input`: JSON itself, `@file`, or `-` for standard input. */
export async function readJsonArgument(
  text: string,
  read: { file(path: string): Promise<string>; stdin(): Promise<string> },
): Promise<unknown> {
  if (text === '-') return parseJson(await read.stdin(), 'standard input');
  if (!text.startsWith('@')) return parseJson(text, 'the value');
  const path = text.slice(1);
  let content: string;
  try {
    content = await read.file(path);
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return parseJson(content, path);
}

/** Input of JSON and pairs together: pairs win, key by key. */
export function mergeInput(base: unknown, pairs: Record<string, unknown>): unknown {
  if (Object.keys(pairs).length === 0) return base ?? {};
  if (base === undefined) return pairs;
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new UsageError('key=value can only be added to an input that is a JSON object');
  }
  return { ...base, ...pairs };
}

/** Throws a UsageError for anything but a whole number of at least `least`. */
export function parseCount(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`${name} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}

/** Throws a UsageError for anything but a number above 0. */
export function parseRate(text: string, name: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) {
    throw new UsageError(`${name} takes a number above 0, not ${JSON.stringify(text)}`);
  }
  return value;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new UsageError(`${where} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown, pair: string): void {
  const [key = '', ...rest] = path;
  if (key === '' || key === '__proto__') throw new UsageError(`${JSON.stringify(pair)} is not key=value`);
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = Object.hasOwn(target, key) ? target[key] : {};
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
    throw new UsageError(`${JSON.stringify(pair)} reaches into ${key}, which is not an object`);
  }
  target[key] = inner;
  put(inner as Record<string, unknown>, rest, value, pair);
}
