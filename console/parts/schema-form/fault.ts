/** One thing that is wrong with a value: where, from its root, and what, in words that follow the name of the place. */
export interface Fault {
  path: readonly (string | number)[];
  message: string;
}

/** The gateway's faults name places as `input.tags.0`: the rest after the prefix. Those of other places are not for the form. */
export function serverFaults(details: Readonly<Record<string, unknown>>, prefix: string): Fault[] {
  const { faults, field } = details;
  const listed: unknown[] = Array.isArray(faults) ? faults : [{ field, message: 'is not right' }];
  return listed.flatMap((fault) => {
    if (typeof fault !== 'object' || fault === null || !('field' in fault) || typeof fault.field !== 'string')
      return [];
    if (fault.field !== prefix && !fault.field.startsWith(`${prefix}.`)) return [];
    const rest = fault.field.slice(prefix.length + 1);
    const path = rest === '' ? [] : rest.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    return [{ path, message: 'message' in fault ? String(fault.message) : 'is not right' }];
  });
}

/** `tags → 2` for people: lists count from 1. */
export function placeText(path: Fault['path']): string {
  return path.map((key) => (typeof key === 'number' ? String(key + 1) : key)).join(' → ');
}
