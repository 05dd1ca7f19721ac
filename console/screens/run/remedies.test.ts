import { expect, test } from 'vitest';
import { errorTable } from '../../../protocol/errors.ts';
import { remedyFor } from './remedies.ts';

test('every code that a run may fail with by its agents, its model or its limits has a remedy of its own', () => {
  const ofRuns = Object.keys(errorTable).filter((code) => /^(agent|model|mcp|workspace)_|_limit$|_expired$/.test(code));
  const general = remedyFor('no_such_code');
  const without = ofRuns.filter((code) => remedyFor(code) === general);
  // These are of requests, not of runs.
  expect(without).toEqual(['run_expired', 'step_expired', 'subscription_limit']);
  expect(ofRuns.length).toBeGreaterThan(15);
});
