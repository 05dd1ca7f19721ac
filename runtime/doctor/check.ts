/** A check looks at one thing and never throws: what keeps it from looking is a finding, too. */
import type { Finding } from '../../protocol/schemas/findings.ts';

export const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found });
export const warning = (check: string, found: string, remedy: string): Finding => ({
  check,
  verdict: 'warning',
  found,
  remedy,
});
export const fault = (check: string, found: string, remedy: string): Finding => ({
  check,
  verdict: 'fault',
  found,
  remedy,
});

/** `remedy`: what to do where it could not even be looked at. */
export async function checked(
  check: string,
  remedy: string,
  look: () => Promise<Finding | Finding[]> | Finding | Finding[],
): Promise<Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [fault(check, `could not be looked at: ${said(error)}`, remedy)];
  }
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
