import { expect, it } from 'vitest';
import type { BatonClient, Question } from '../../client/index.ts';
import { QuestionInbox } from './question-inbox.ts';

const question = (id: string, more: Partial<Question> = {}): Question => ({
  id,
  run: 'r',
  kind: 'k',
  message: 'm',
  context: null,
  answerSchema: {},
  audience: {},
  answersNeeded: 1,
  onTimeout: { then: 'fail' },
  askedAt: `2026-01-01T00:00:0${id.slice(2)}Z`,
  status: 'open',
  answers: [],
  ...more,
});

/** A client whose list and news a test plays. */
function scripted(listed: Question[]) {
  let push: ((question: Question) => void) | null = null;
  const client = {
    questionsPage: () => Promise.resolve({ items: listed, nextCursor: null }),
    async *watchQuestions() {
      for (;;) yield await new Promise<Question>((resolve) => (push = resolve));
    },
  };
  return { inbox: new QuestionInbox(client as unknown as BatonClient), say: (news: Question) => push?.(news) };
}

it('lists the open ones, the oldest first, and drops those that are closed', async () => {
  const { inbox, say } = scripted([question('q-2'), question('q-1')]);
  const leave = inbox.subscribe(() => undefined);
  const ids = () => inbox.snapshot().questions.map(({ id }) => id);
  await expect.poll(() => inbox.snapshot().state).toBe('ready');
  expect(ids()).toEqual(['q-1', 'q-2']);
  say(question('q-1', { status: 'answered' }));
  await expect.poll(ids).toEqual(['q-2']);
  leave();
});

it('tells of those that are asked from now on, once, and not of those that were there', async () => {
  const { inbox, say } = scripted([question('q-1')]);
  const told: string[] = [];
  inbox.onNew(({ id }) => told.push(id));
  const leave = inbox.subscribe(() => undefined);
  await expect.poll(() => inbox.snapshot().state).toBe('ready');
  say(question('q-1'));
  await expect.poll(() => inbox.snapshot().questions.length).toBe(1);
  await Promise.resolve();
  say(question('q-3'));
  await expect.poll(() => told).toEqual(['q-3']);
  say(question('q-3', { answersNeeded: 2 }));
  await expect.poll(() => inbox.snapshot().questions[1]?.answersNeeded).toBe(2);
  expect(told).toEqual(['q-3']);
  leave();
});
