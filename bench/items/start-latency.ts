/** From a client's `start` to what it sees, over one WebSocket: start, subscribe when that is answered, events. */
import type { Figure } from '../figure.ts';
import { quantile } from '../quantile.ts';
import type { Stage } from '../stage.ts';

const item = 'start-latency';

export async function startLatency(stage: Stage): Promise<Figure[]> {
  const { port } = await stage.engine();
  const clients = await stage.clients();
  await clients.call('start', { port, rounds: stage.quick ? 2 : 10 });
  const times = await clients.call('start', { port, rounds: stage.quick ? 3 : 40 });
  const at = (q: number, of: keyof (typeof times)[number]) =>
    quantile(
      times.map((time) => time[of]),
      q,
    );
  return [
    { item, what: 'start → reply, p50', value: at(0.5, 'repliedMs'), unit: 'ms' },
    { item, what: 'start → first event at the client, p50', value: at(0.5, 'firstEventMs'), unit: 'ms' },
    { item, what: 'start → first event at the client, p99', value: at(0.99, 'firstEventMs'), unit: 'ms' },
    {
      item,
      what: 'start → agent.started at the client, p50',
      value: at(0.5, 'agentStartedMs'),
      unit: 'ms',
      bound: { atMost: 40 },
    },
    { item, what: 'start → agent.started at the client, p99', value: at(0.99, 'agentStartedMs'), unit: 'ms' },
  ];
}
