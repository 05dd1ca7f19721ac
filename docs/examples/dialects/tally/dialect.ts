/** `POST /tally/{id}` with a text counts it, `ws /tally/{id}` tells the lines and closes with 1000 after the last. */
import { z } from 'zod';
import { closeCodes } from '../../../../protocol/errors.ts';
import type { Dialect, SocketAddress } from '../../../../gateway/dialects/dialect.ts';
import { DialectCursor } from '../../../../gateway/dialects/dialect-cursor.ts';
import { faultReply } from '../../../../gateway/dialects/dialect-fault.ts';
import { DialectRuns } from '../../../../gateway/dialects/dialect-runs.ts';
import { Translator } from '../../../../gateway/dialects/translation.ts';
import { json } from '../../../../gateway/http/reply.ts';
import { defineRoute } from '../../../../gateway/http/route.ts';
import type { SurfaceContext } from '../../../../gateway/http/surface-context.ts';
import { translation } from './translation.ts';

const runs = new DialectRuns('tally', ['line-count']);

const start = defineRoute({
  method: 'post',
  path: '/tally/{id}',
  name: 'tallyStart',
  summary: 'Count the words of a text',
  access: 'token',
  body: z.strictObject({ text: z.string().min(1) }),
  answers: { 202: { description: 'begun' } },
  errors: ['invalid_input', 'run_exists'],
  fault: faultReply({ run_exists: { status: 409, code: 'busy' } }),
  async handle({ guard, param, body }) {
    const id = param('id');
    await guard.start({ blueprint: 'line-count', input: body, id: runs.idOf(id) }, { dialect: 'tally' });
    return json(202, { id });
  },
});

function lines({ engine, log }: SurfaceContext): SocketAddress {
  const translator = new Translator(translation);
  return {
    path: '/tally/{id}',
    idleSeconds: 60,
    open(socket, { guard, param }) {
      let cursor: DialectCursor<unknown, string> | null = null;
      const follow = async () => {
        const client = param('id') ?? '';
        const feed = await guard.open(await runs.find(guard, client));
        const reader = {
          hasRoom: (isLive: boolean) => socket.hasRoom(isLive),
          frames: (frames: readonly { text: string }[]) => {
            for (const { text } of frames) socket.send(text);
          },
          live: () => undefined,
          end: () => socket.close(closeCodes.normal, 'all told'),
          gap: (from: number, to: number) => socket.send(`missing: ${from} to ${to}`),
          fault: (error: unknown) => log.debug({ err: error }, 'a log could not be read, it will be tried again'),
        };
        cursor = new DialectCursor(feed, client, { translator, reader, runs: engine.runs });
        if (socket.isOpen) cursor.start();
        else cursor[Symbol.dispose]();
      };
      follow().catch(() => socket.close(closeCodes.policyViolation, 'there is no such count'));
      return {
        message: () => socket.send('this address only tells'),
        drained: () => cursor?.resume(),
        closed: () => cursor?.[Symbol.dispose](),
      };
    },
  };
}

export function createDialect(context: SurfaceContext): Dialect {
  return { name: 'tally', routes: [start], sockets: [lines(context)] };
}
