/** What people wait for: an answer taken up, a cancel carried out. */
import type { Figure } from '../figure.ts';
import { quantile } from '../quantile.ts';
import type { Stage } from '../stage.ts';

const item = 'people';

export async function people(stage: Stage): Promise<Figure[]> {
  const { port } = await stage.engine();
  const clients = await stage.clients();
  const rounds = stage.quick ? 3 : 30;
  await clients.call('answer', { port, rounds: stage.quick ? 1 : 5 });
  const answers = await clients.call('answer', { port, rounds });
  const at = (q: number, of: keyof (typeof answers)[number]) =>
    quantile(
      answers.map((time) => time[of]),
      q,
    );
  const { endedMs } = await clients.call('cancel', { port, rounds: stage.quick ? 2 : 10 });
  return [
    {
      item,
      what: 'answer → the agent goes on, p50',
      value: at(0.5, 'resumedMs'),
      unit: 'ms',
      bound: { atMost: 30 },
      note: 'from the client’s sending to the agent’s first line, one clock',
    },
    { item, what: 'answer → the agent goes on, p99', value: at(0.99, 'resumedMs'), unit: 'ms' },
    { item, what: 'answer → question.answered at the client, p50', value: at(0.5, 'answeredMs'), unit: 'ms' },
    { item, what: 'cancel → run.cancelled at the client, p50', value: quantile(endedMs, 0.5), unit: 'ms' },
    {
      item,
      what: 'cancel → run.cancelled at the client, the longest',
      value: Math.max(...endedMs),
      unit: 'ms',
      bound: { atMost: 1_000 },
    },
  ];
}
