/** ki-autoagent over HTTP. */
import { kiEventsPage } from '../../../protocol/limits.ts';
import { json, rawJson } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { faultReply } from '../dialect-fault.ts';
import { faultTable } from './faults.ts';
import type { KiState } from './ki-state.ts';
import { isNumbered } from './message.ts';
import { Place } from './place.ts';
import { eventsQuerySchema, hitlSchema, startSchema } from './schemas.ts';
import type { Sessions } from './sessions.ts';

const fault = faultReply(faultTable);
const base = '/api/sessions/{session_id}';

export function kiRoutes(sessions: Sessions): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/sessions',
      name: 'kiStart',
      summary: 'Starts a run of a session',
      access: 'token',
      body: startSchema,
      answers: { 202: { description: 'it runs' } },
      errors: [],
      fault,
      async handle({ guard, body }) {
        const id = body.session_id ?? sessions.newId();
        await sessions.chat(guard, id, {
          message: body.message,
          workspacePath: body.workspace_path,
          autoApprove: body.auto_approve,
          hitlTimeoutSeconds: body.hitl_timeout_seconds,
        });
        return json(202, { session_id: id, status: 'running' });
      },
    }),
    defineRoute({
      method: 'get',
      path: base,
      name: 'kiSession',
      summary: 'How a session stands',
      access: 'token',
      answers: { 200: { description: 'the session' } },
      errors: [],
      fault,
      async handle({ guard, param }) {
        const { state } = await sessions.read(guard, param('session_id'));
        return json(200, viewOf(state));
      },
    }),
    defineRoute({
      method: 'get',
      path: `${base}/events`,
      name: 'kiEvents',
      summary: 'What a socket would have been told',
      access: 'token',
      query: eventsQuerySchema,
      answers: { 200: { description: 'events and the next cursor' } },
      errors: [],
      fault,
      async handle({ guard, param, query: { after } }) {
        const texts: string[] = [];
        let next = after;
        const place = new Place({ after });
        await sessions.read(guard, param('session_id'), (frames, event) => {
          // A page ends with an event of the log: what has no number goes with one.
          if (texts.length >= kiEventsPage) return;
          for (const { message, text } of place.unseen(frames, event, false)) {
            if (message.type === 'progress') continue;
            texts.push(text);
            if (isNumbered(message)) next = message.seq;
          }
        });
        return rawJson(200, `{"events":[${texts.join(',')}],"next":${next}}`);
      },
    }),
    defineRoute({
      method: 'post',
      path: `${base}/hitl`,
      name: 'kiAnswer',
      summary: 'A person decides',
      access: 'token',
      body: hitlSchema,
      answers: { 202: { description: 'taken' } },
      errors: [],
      fault,
      async handle({ guard, param, body }) {
        const id = param('session_id');
        await sessions.answer(guard, id, body);
        return json(202, { session_id: id, status: 'accepted' });
      },
    }),
    defineRoute({
      method: 'post',
      path: `${base}/cancel`,
      name: 'kiCancel',
      summary: 'Cancels what runs',
      access: 'token',
      answers: { 202: { description: 'it is being cancelled' } },
      errors: [],
      fault,
      async handle({ guard, param }) {
        const id = param('session_id');
        await sessions.cancel(guard, id);
        return json(202, { session_id: id, status: 'cancelling' });
      },
    }),
  ];
}

function viewOf(state: KiState): Record<string, unknown> {
  const [pending] = state.pending;
  const { question: _, ...request } = pending ?? { question: '' };
  return {
    session_id: state.session,
    status: state.status,
    iteration: state.iteration,
    current_agent: state.open.at(-1)?.agent ?? null,
    pending_hitl: pending ? request : null,
    result: state.result,
    error: state.error,
    events_total: state.seq,
    started_at: state.startedAt,
    finished_at: state.finishedAt,
  };
}
