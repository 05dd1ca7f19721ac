/** What runs do while something is killed, who answers what they ask, and how long those who watch them wait. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BatonClient } from '../../client/index.ts';
import type { Script } from '../property/run-plan.ts';
import type { Watched } from './watcher.ts';

/** About three seconds of work, with a question in the middle and an attempt that fails. */
export const scripts: Script[] = [
  {
    resultBytes: 10,
    script: [
      { do: 'emit', count: 100, bytes: 200, kind: 's0.0' },
      { do: 'wait', ms: 500 },
      { do: 'emit', count: 100, bytes: 200, kind: 's0.2' },
      { do: 'wait', ms: 500 },
      { do: 'emit', count: 20, bytes: 200, kind: 's0.4' },
    ],
  },
  {
    resultBytes: 10,
    script: [
      { do: 'emit', count: 50, bytes: 2_000, kind: 's1.0' },
      { do: 'fail', attempts: 1 },
      { do: 'ask', question: {} },
      { do: 'emit', count: 10, bytes: 10, kind: 's1.3' },
    ],
  },
  {
    resultBytes: 40_000,
    script: [
      { do: 'wait', ms: 400 },
      { do: 'emit', count: 150, bytes: 100, kind: 's2.1' },
      { do: 'delegate', agent: 'scripted', script: [{ do: 'emit', count: 30, bytes: 10, kind: 's2.2.0' }] },
      { do: 'wait', ms: 300 },
      { do: 'emit', count: 5, bytes: 50_000, kind: 's2.4' },
    ],
  },
];

/** What a client waited for an event that was durable, at most, without the time of the outage. Milliseconds. */
export function longestWait({ events, arrivedAtMs }: Watched, outage = { killedAtMs: 0, upAtMs: 0 }): number {
  const waits = events.map(({ recordedAt }, place) => {
    const [from, to] = [Date.parse(recordedAt), arrivedAtMs[place] ?? Infinity];
    const isDownMs = Math.max(0, Math.min(to, outage.upAtMs) - Math.max(from, outage.killedAtMs));
    return to - from - isDownMs;
  });
  return Math.max(...waits);
}

/** A person who answers what is asked, whatever is down meanwhile. */
export async function answerQuestions(client: BatonClient, run: string, signal: AbortSignal): Promise<void> {
  for await (const item of client.watch(run, { signal, live: false })) {
    if (item.kind !== 'event' || item.event.type !== 'question.asked') continue;
    const { id } = item.event.data['question'] as { id: string };
    await answer(client, run, id, signal);
  }
}

async function answer(client: BatonClient, run: string, question: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await client.answer(run, question, { yes: true });
      return;
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      // It was taken, and only the reply was lost.
      if (code === 'question_closed' || code === 'run_ended') return;
      await delay(200, undefined, { signal });
    }
  }
}
