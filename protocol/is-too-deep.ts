import { logDepth } from './limits.ts';

/**
 * Whether arrays and objects lie deeper in a JSON value than the log takes. Writing deep JSON exhausts the stack, at a
 * depth that differs from place to place; this says the same everywhere. Replayed: no I/O, no clock.
 */
export function isTooDeep(value: unknown, levels: number = logDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const entry of Object.values(value)) if (isTooDeep(entry, levels - 1)) return true;
  return false;
}
