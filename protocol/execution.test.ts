import { expect, test } from 'vitest';
import { activitySummary, readActivitySummary } from './execution.ts';
import { activitySummaryCharacters } from './limits.ts';

test.each([
  { step: 'code-smith#2', attemptBase: 0, summary: 'code-smith#2' },
  { step: 'größe.x#10', attemptBase: 3, summary: 'größe.x#10 after attempt 3' },
])('a summary says the step and the attempts before: $summary', ({ summary, ...task }) => {
  expect(activitySummary(task)).toEqual({ summary });
  expect(readActivitySummary(summary)).toEqual(task);
});

test('one that would be too long is left out', () => {
  const longest = `${'a'.repeat(activitySummaryCharacters - 2)}#1`;
  expect(activitySummary({ step: longest, attemptBase: 0 })).toEqual({ summary: longest });
  expect(activitySummary({ step: `a${longest}`, attemptBase: 0 })).toEqual({});
  expect(activitySummary({ step: longest, attemptBase: 1 })).toEqual({});
});

test.each([undefined, null, 7, '', 'an agent#1', 'agent', 'agent#1 after attempt', 'agent#1 and more'])(
  'is not taken for one: %j',
  (summary) => {
    expect(readActivitySummary(summary)).toBeNull();
  },
);
