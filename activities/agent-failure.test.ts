import { expect, test } from 'vitest';
import { agentMessageCharacters } from '../protocol/limits.ts';
import { faultOf, toApplicationFailure } from './agent-failure.ts';

const report = { attempt: 1, progress: 0, emitted: { signals: 0, bytes: 0 } };

test('a failure carries no half of a surrogate pair, and is short, its cause included', () => {
  const error = new Error(`half \ud800 ${'x'.repeat(3_000_000)}`);
  const failure = toApplicationFailure(faultOf(error), { retry: false, report });
  const { cause } = failure;
  for (const text of [failure.message, cause?.message, cause?.stack]) {
    expect(text?.isWellFormed()).toBe(true);
    expect(text?.length).toBeLessThanOrEqual(agentMessageCharacters);
  }
  expect(failure.message).toMatch(/^half \ufffd x/);
  expect(cause?.stack).toContain('half');
});
