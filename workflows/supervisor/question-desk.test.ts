import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerSignal, Principal } from '../../protocol/execution.ts';
import type { QuestionDraft } from '../../protocol/schemas/question.ts';
import { QuestionDesk, questionRecord } from './question-desk.ts';

const at = '2026-01-01T00:00:00.000Z';
const ada: Principal = { name: 'ada', roles: ['client'], authenticated: true };
const bob: Principal = { name: 'bob', roles: ['human'], authenticated: true };
const anonymous: Principal = { name: 'anonymous', roles: [], authenticated: false };

let requests = 0;
const answer = (by: Principal, given: unknown = 1, requestId = `r${++requests}`): AnswerSignal => ({
  question: 'q-5',
  answer: given,
  by,
  at,
  requestId,
});

function deskWith(draft: Partial<QuestionDraft> = {}): QuestionDesk {
  const desk = new QuestionDesk();
  const whole = { kind: 'k', message: 'm', answerSchema: {}, ...draft };
  desk.open(questionRecord(whole, { run: 'r', seq: 5, at, agent: 'a', step: 'a#1' }));
  return desk;
}
const outcome = (desk: QuestionDesk, signal: unknown) => {
  const event = desk.take(signal, at);
  return event === null
    ? null
    : (event.data['code'] ?? `${String(event.data['have'])} of ${String(event.data['need'])}`);
};

describe('a question', () => {
  it('takes one answer, and says to the next that it is closed', () => {
    const desk = deskWith();
    expect(outcome(desk, answer(ada))).toBe('1 of 1');
    expect(desk.isOpen('q-5')).toBe(false);
    expect(outcome(desk, answer(bob))).toBe('question_closed');
    expect(desk.answers('q-5')).toEqual([{ by: 'ada', answer: 1 }]);
  });

  it('takes M of N answers, one of each principal, while anonymous ones each count', () => {
    const desk = deskWith({ answersNeeded: 4 });
    expect([ada, ada, bob, anonymous, anonymous, ada].map((by) => outcome(desk, answer(by)))).toEqual([
      '1 of 4',
      'answered_already',
      '2 of 4',
      '3 of 4',
      '4 of 4',
      'question_closed',
    ]);
  });

  it('takes a request once, however often it is sent', () => {
    const desk = deskWith({ answersNeeded: 2 });
    expect(outcome(desk, answer(anonymous, 1, 'same'))).toBe('1 of 2');
    expect(outcome(desk, answer(anonymous, 1, 'same'))).toBeNull();
  });

  it('is for those to whom it is addressed, by name or by role, and for ops', () => {
    const desk = deskWith({ audience: { roles: ['human'], names: ['eve'] }, answersNeeded: 3 });
    expect(outcome(desk, answer(ada))).toBe('forbidden');
    expect(outcome(desk, answer(bob))).toBe('1 of 3');
    expect(outcome(desk, answer({ ...ada, name: 'eve' }))).toBe('2 of 3');
    expect(outcome(desk, answer({ ...ada, roles: ['ops'] }))).toBe('3 of 3');
  });

  it('goes to another role when it is escalated, with the answers that it has', () => {
    const desk = deskWith({ audience: { names: ['ada'] }, answersNeeded: 2 });
    expect(outcome(desk, answer(ada))).toBe('1 of 2');
    desk.escalate('q-5', 'human');
    expect(outcome(desk, answer({ ...ada, name: 'eve' }))).toBe('forbidden');
    expect(outcome(desk, answer(bob))).toBe('2 of 2');
  });

  it('takes nothing once it has expired', () => {
    const desk = deskWith();
    desk.close('q-5', 'expired');
    expect(outcome(desk, answer(ada))).toBe('question_closed');
  });

  it('refuses an answer too large for an event', () => {
    expect(outcome(deskWith(), answer(ada, 'x'.repeat(20_000)))).toBe('too_large');
  });

  it('answers whatever is signalled, and never takes more than it needs', () => {
    const signal = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.record({
        question: fc.constantFrom<unknown>('q-5', 'q-6', 5),
        answer: fc.anything({ maxDepth: 1 }),
        by: fc.constantFrom<unknown>(ada, bob, anonymous, null, {}, { name: 'x' }),
        at: fc.constant(at),
        requestId: fc.constantFrom<unknown>('a', 'b', 'c', 'd', 'e', 5),
      }),
    );
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (all, answersNeeded) => {
        const desk = deskWith({ answersNeeded });
        const events = all.map((each) => desk.take(each, at));
        const accepted = events.filter((event) => event?.type === 'question.answered');
        expect(accepted.length).toBeLessThanOrEqual(answersNeeded);
        expect(desk.isOpen('q-5')).toBe(accepted.length < answersNeeded);
        expect(accepted.map((event) => event?.data['have'])).toEqual(accepted.map((_, index) => index + 1));
      }),
      { numRuns: 500 },
    );
  });
});
