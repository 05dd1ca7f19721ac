import {
  answerOutcomeSchema,
  answerSchema,
  questionsPageSchema,
  questionsQuerySchema,
} from '../../../protocol/schemas/commands.ts';
import { present } from '../../present.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

const outcome = { schema: answerOutcomeSchema };

export const questionRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/questions',
    name: 'listQuestions',
    summary: 'Open questions over all runs, oldest first: a human those addressed to it, a client those of its runs',
    access: 'token',
    query: questionsQuerySchema,
    answers: {
      200: { description: 'a page of questions; it may be shorter than the limit', schema: questionsPageSchema },
    },
    errors: ['invalid_cursor'],
    handle: async ({ guard, query }) => json(200, await guard.questions(query)),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/questions/{question}/answer',
    name: 'answerQuestion',
    summary: 'Answers a question; who answers is taken from the token, on whose behalf (role ops) from the body',
    access: 'token',
    body: answerSchema,
    answers: {
      200: { ...outcome, description: 'accepted' },
      202: { ...outcome, description: 'recorded: it is safe, but no worker has taken it yet' },
    },
    errors: [
      'run_not_found',
      'forbidden',
      'question_not_found',
      'invalid_answer',
      'question_closed',
      'answer_refused',
      'run_ended',
    ],
    async handle({ guard, run, param, body }) {
      const result = await guard.answer(run, param('question'), body.answer, present({ onBehalfOf: body.onBehalfOf }));
      return json(result.outcome === 'accepted' ? 200 : 202, result);
    },
  }),
];
