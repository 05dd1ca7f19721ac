/** What happened in a run: as data, and as a file that other machines can open. */
import type { Readable } from 'node:stream';
import { exportQuerySchema } from '../../../protocol/schemas/deletion.ts';
import { timelineQuerySchema, timelineSchema } from '../../../protocol/schemas/timeline.ts';
import { json, type StreamOut } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const understandRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/timeline',
    name: 'getTimeline',
    summary:
      'What happened, step by step: attempts, waits, tokens, questions, executions, lineage, what is pending now',
    access: 'token',
    query: timelineQuerySchema,
    answers: { 200: { description: 'a page of steps, oldest first, and the run', schema: timelineSchema } },
    errors: ['run_not_found'],
    handle: async ({ guard, run, query }) => json(200, await guard.timeline(run, query)),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/export',
    name: 'exportRun',
    summary: 'The run as a bundle: histories, blobs, log and state, without its secrets; `baton open` shows it',
    access: 'token',
    query: exportQuerySchema,
    answers: { 200: { description: 'gzip of lines of JSON', type: 'application/gzip' } },
    errors: ['run_not_found', 'forbidden'],
    async handle({ guard, run, query }, { log }) {
      const bundle = await guard.export(run, { redacts: !query.raw });
      return {
        kind: 'stream',
        status: 200,
        type: 'application/gzip',
        headers: { 'cache-control': 'no-store', 'content-disposition': 'attachment' },
        open: (out) => {
          pour(bundle, out).catch((error: unknown) => log.warn({ run, err: error }, 'an export was broken off'));
        },
      };
    },
  }),
];

/** No faster than the client takes it. */
async function pour(bytes: Readable, out: StreamOut): Promise<void> {
  out.onClose(() => bytes.destroy());
  out.onFarewell(() => out.breakOff());
  let drained: (() => void) | null = null;
  out.onDrain(() => drained?.());
  bytes.once('close', () => drained?.());
  try {
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      if (out.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        drained = resolve;
        if (bytes.destroyed) resolve();
      });
      drained = null;
    }
    out.end();
  } catch (error) {
    out.breakOff();
    throw error;
  }
}
