import { expect } from 'vitest';
import { errorTable, isErrorCode } from '../../protocol/errors.ts';
import type { Received } from './send.ts';

/** Codes that would blame somebody else for what a client sent. */
const never = new Set(['internal', 'temporal_down', 'keys_unavailable']);

/** The code of a problem, which must be one of the table, with its status, and say something. */
export function expectClearProblem({ status, headers, body }: Received): string {
  expect(headers['content-type'], body).toBe('application/problem+json');
  const problem = JSON.parse(body) as { code: unknown; detail: unknown; status: unknown };
  if (status === 429 || status === 503) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(problem.status).toBe(status);
  return expectClear(problem.code, problem.detail, status);
}

/** The same for the error of a frame. */
export function expectClear(code: unknown, message: unknown, status?: number): string {
  if (!isErrorCode(code)) throw new Error(`${String(code)} is no code of the error table: ${String(message)}`);
  expect(never.has(code), `${code}: ${String(message)}`).toBe(false);
  if (status !== undefined) expect(errorTable[code].status, code).toBe(status);
  expect(String(message).length).toBeGreaterThan(3);
  return code;
}
