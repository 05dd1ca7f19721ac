import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { AgentReturn } from '../../protocol/execution.ts';
import { crawlPagesMax } from '../../protocol/limits.ts';
import { crawlInputSchema } from './contract.ts';
import { limitAfter, limitQuestion } from './limit-question.ts';

const input = crawlInputSchema.parse({ url: 'http://site.test/', maxPages: 10 });
const answer = (value: unknown, expired = false): AgentReturn => ({
  kind: 'answer',
  question: 'q',
  answers: [{ by: 'ada', answer: value }],
  expired,
});

describe('the limit of a crawl', () => {
  test.each([
    ['nothing was asked', [], { pages: 10, then: 'ask' }],
    ['a higher limit was given', [answer({ continue: true, maxPages: 50 })], { pages: 50, then: 'ask' }],
    ['no limit was given', [answer({ continue: true })], { pages: crawlPagesMax, then: 'ask' }],
    ['the answer was no', [answer({ continue: false })], { pages: 10, then: 'stop' }],
    ['the limit given is no higher', [answer({ continue: true, maxPages: 10 })], { pages: 10, then: 'stop' }],
    ['nobody answered', [answer({ continue: true }, true)], { pages: 10, then: 'stop' }],
    ['the answer was nonsense', [answer('yes')], { pages: 10, then: 'stop' }],
    [
      'the second answer was no',
      [answer({ continue: true, maxPages: 20 }), answer({ continue: false })],
      { pages: 20, then: 'stop' },
    ],
  ] as const)('when %s', (_when, returned, limit) => expect(limitAfter(input, returned)).toEqual(limit));

  test('is not asked about where it is not to be', () => {
    expect(limitAfter({ ...input, onLimit: 'stop' }, [])).toEqual({ pages: 10, then: 'stop' });
  });
});

test("the question's schema takes its own choices and default, and nothing beside them", () => {
  const question = limitQuestion({ url: input.url, found: 60, more: false, processed: 10, failed: 1, limit: 10 });
  const fits = new Ajv2020().compile(question.answerSchema);
  for (const { value } of question.choices ?? []) expect(fits(value)).toBe(true);
  expect(question.onTimeout?.then === 'default' && fits(question.onTimeout.answer)).toBe(true);
  expect(fits({ continue: true, maxPages: 100 })).toBe(true);
  for (const bad of [{}, { continue: 'yes' }, { continue: true, maxPages: 5_001 }, { continue: true, x: 1 }])
    expect(fits(bad)).toBe(false);
  expect(question.message).toBe('http://site.test/ has 60 pages, the limit is 10; 10 are fetched. Go on?');
});
