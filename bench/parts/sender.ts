/** A bare `ws` server that sends what it is given to everybody: by itself in a rhythm, or what a stream brings. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { WebSocketServer } from 'ws';
import { monotonicMs } from '../clock.ts';
import type { Talk, Tick } from '../talk.ts';
import { tick } from '../talk.ts';
import { processUse } from './process-use.ts';
import { servePart } from './serve-part.ts';
import { streamTopic } from './stream-activities.ts';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');

/** As much around the tick as an event of Baton's has. */
function frameOf(run: string, { index, sentAt, filler }: Tick): string {
  const at = new Date().toISOString();
  const place = { agent: 'bench-talker', step: 'bench-talker#1', attempt: 1 };
  const data = { kind: 'tick', index, sentAt, filler };
  const event = { seq: index + 1, at, type: 'agent.emitted', ...place, data };
  return JSON.stringify({ kind: 'event', run, event });
}

function sendToAll(run: string, said: Tick): void {
  const frame = Buffer.from(frameOf(run, said));
  for (const socket of server.clients) socket.send(frame, { binary: false });
}

const methods = {
  use: processUse,
  port: () => (server.address() as { port: number }).port,
  send: async ({ count, gapMs, bytes }: Talk) => {
    for (let index = 0; index < count; index++) {
      await setTimeout(gapMs);
      sendToAll('bare', tick(index, monotonicMs(), bytes));
    }
  },
  /** Subscribes once, and sends on. Resolves when so many ticks have come. */
  forward: async ({ run, count, pollCooldownMs }: { run: string; count: number; pollCooldownMs: number | null }) => {
    const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
    const stream = WorkflowStreamClient.create(new Client({ connection }), run);
    const options = pollCooldownMs === null ? {} : { pollCooldown: pollCooldownMs };
    let come = 0;
    for await (const { data } of stream.subscribe<Tick>(streamTopic, 0, { ...options, resultType: true })) {
      sendToAll(run, data);
      if (++come === count) break;
    }
    await connection.close();
  },
  stop: () => {
    setImmediate(() => process.exit(0));
  },
};
export type SenderMethods = typeof methods;

servePart(methods);
