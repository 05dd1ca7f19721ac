/** The HTTP surface of request-rooms. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { json } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { faultReply } from '../dialect-fault.ts';
import { faultTable } from './room-fault.ts';
import { stateMessage } from './room-state.ts';
import { requireRequestId, type Requests } from './requests.ts';

/** What is wrong with a command is told in the contract's words, not in the schema's. */
const commandSchema = z.record(z.string(), z.unknown());
const fault = faultReply(faultTable);

export function roomRoutes(requests: Requests): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/requests',
      name: 'roomsStart',
      summary: 'Start a request',
      access: 'token',
      body: commandSchema,
      answers: { 202: { description: 'It has begun, or was there already: `{requestId, status}`' } },
      errors: ['invalid_request', 'id_taken'],
      fault,
      async handle({ guard, body }) {
        const requestId = requireRequestId(body['requestId'] ?? randomUUID());
        const { run } = await requests.start(guard, requestId, body);
        const { status } = await requests.state(guard, run);
        return json(202, { requestId, status });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/requests/{id}',
      name: 'roomsState',
      summary: 'The state of a request',
      access: 'token',
      answers: { 200: { description: 'As the message `state`' } },
      errors: ['run_not_found'],
      fault,
      async handle({ guard, param }) {
        return json(200, stateMessage(await requests.state(guard, await requests.find(guard, param('id')))));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/requests/{id}/cancel',
      name: 'roomsCancel',
      summary: 'Cancel a request',
      access: 'token',
      answers: { 202: { description: 'It will end within two seconds' } },
      errors: ['run_not_found', 'run_ended', 'forbidden'],
      fault,
      async handle({ guard, param }) {
        await requests.cancel(guard, param('id'));
        return json(202, { requestId: param('id') });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/requests/{id}/feedback',
      name: 'roomsFeedback',
      summary: 'Answer the question of a request',
      access: 'token',
      body: commandSchema,
      answers: { 202: { description: 'The answer is taken' } },
      errors: ['run_not_found', 'question_closed', 'invalid_answer'],
      fault,
      async handle({ guard, param, body }) {
        await requests.answer(guard, param('id'), body);
        return json(202, { requestId: param('id'), questionId: body['questionId'] });
      },
    }),
  ];
}
