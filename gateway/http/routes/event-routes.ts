import { BatonError } from '../../../protocol/errors.ts';
import { cursorSchema, eventsPageSchema, eventsQuerySchema } from '../../../protocol/schemas/commands.ts';
import { z } from 'zod';
import { awaitPosition } from '../../cursor/await-position.ts';
import { readPage } from '../../cursor/read-page.ts';
import { EventStream } from '../../sse/event-stream.ts';
import { nothing, rawJson } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const eventRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/events',
    name: 'readEvents',
    summary: 'Events after a cursor; with `waitMs` it waits for the next where there is none yet',
    access: 'token',
    query: eventsQuerySchema,
    answers: { 200: { description: 'events in order', schema: eventsPageSchema } },
    errors: ['run_not_found', 'invalid_cursor', 'cursor_ahead'],
    async handle({ guard, run, query, signal }, { metrics }) {
      const page = await readPage(await guard.open(run), query, signal);
      metrics.eventsSent.inc({ transport: 'poll' }, page.entries.length);
      const gap = page.gap ? `,"gap":${JSON.stringify(page.gap)}` : '';
      const events = page.entries.map((entry) => entry.json).join(',');
      return rawJson(200, `{"events":[${events}],"next":${page.next}${gap},"ended":${page.ended}}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/stream',
    name: 'streamEvents',
    summary: 'Events as server-sent events: id is the seq; `live`, `gap`, `snapshot` and `end` beside them',
    access: 'token',
    query: z.object({ after: cursorSchema.default(0) }),
    headers: { 'last-event-id': 'the last seq that was seen; wins over `after`' },
    answers: {
      200: { description: 'the stream', type: 'text/event-stream' },
      204: { description: 'the run is over and the cursor at its end: stops an EventSource' },
    },
    errors: ['run_not_found', 'invalid_cursor', 'cursor_ahead', 'too_many_connections'],
    async handle({ guard, run, query, header, signal }, { admission, metrics }) {
      const after = cursorOf(header('last-event-id')) ?? query.after;
      const feed = await guard.open(run);
      try {
        await awaitPosition(feed, after, signal);
        if (feed.ended && after >= feed.lastSeq) {
          feed[Symbol.dispose]();
          return nothing(204);
        }
        admission.enter(guard.by);
      } catch (error) {
        feed[Symbol.dispose]();
        throw error;
      }
      return {
        kind: 'stream',
        status: 200,
        type: 'text/event-stream',
        headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
        open: (out) => {
          new EventStream(feed, after, out, metrics, () => admission.leave(guard.by)).start();
        },
      };
    },
  }),
];

function cursorOf(lastEventId: string): number | null {
  if (lastEventId === '') return null;
  const parsed = cursorSchema.safeParse(lastEventId);
  if (parsed.success) return parsed.data;
  throw new BatonError('invalid_cursor', 'Last-Event-ID: send the last seq that was seen, a whole number from 0', {
    field: 'Last-Event-ID',
  });
}
