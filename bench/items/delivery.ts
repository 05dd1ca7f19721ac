/**
 * A durable event on its way to its watchers: from the agent's `emit`, before its signal is sent, to each watcher's
 * socket, by the machine's one monotonic clock. The events come one by one, each after the one before it was
 * acknowledged. The same events through `@temporalio/workflow-streams` go to one subscriber, which sends them on
 * through a bare `ws` server, in the same run: rounds of the two take turns. The fan-out alone, of the same frames, is
 * compared with a bare `ws` server that makes them itself.
 */
import { randomUUID } from 'node:crypto';
import type { Figure } from '../figure.ts';
import type { Arrivals } from '../parts/watchers.ts';
import { median, quantile } from '../quantile.ts';
import type { Stage } from '../stage.ts';
import type { Talk } from '../talk.ts';

const item = 'delivery';
/** Caches, code and the subscriber's first poll warm up on the first ticks of each round. */
const warmUpTicks = 5;

interface Round {
  latencyMs: number[];
  /** From the acknowledgement of the signal to each watcher; below 0 where the event overtakes it. */
  fromAckMs: number[];
  recordedToClientMs: number[];
  /** Of each tick: from its first watcher to its last. */
  spreadMs: number[];
  /** CPU time of the sending process for each event at each watcher. */
  cpuMsPerDelivery: number;
}

type Play = (stage: Stage, watchers: number, talk: Talk) => Promise<Round>;

export async function delivery(stage: Stage): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const watchers of stage.quick ? [1, 10] : [1, 100, 1_000])
    figures.push(...(await withWatchers(stage, watchers)));
  return figures;
}

async function withWatchers(stage: Stage, watchers: number): Promise<Figure[]> {
  const talk: Talk = { count: stage.quick ? 10 : 50, together: 1, gapMs: 20, bytes: 100 };
  const rounds = stage.quick ? 1 : 3;
  const plays = { baton: playBaton, streams: playStreams(null), eager: playStreams(0), bare: playBare };
  const played: Record<keyof typeof plays, Round[]> = { baton: [], streams: [], eager: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(plays) as (keyof typeof plays)[])
      played[name].push(await plays[name](stage, watchers, talk));
  }
  const of = (name: keyof typeof plays, what: Exclude<keyof Round, 'cpuMsPerDelivery'>, q: number) =>
    quantile(
      played[name].flatMap((round) => round[what]),
      q,
    );
  const ratio = (other: 'streams' | 'eager') =>
    median(
      played.baton.map(
        ({ latencyMs }, i) => quantile(latencyMs, 0.5) / quantile(played[other][i]?.latencyMs ?? [], 0.5),
      ),
    );
  const cpuMs = (name: keyof typeof plays) => median(played[name].map(({ cpuMsPerDelivery }) => cpuMsPerDelivery));
  const scale = `${watchers} ${watchers === 1 ? 'watcher' : 'watchers'}`;
  const isJudged = watchers === (stage.quick ? 10 : 100);
  const ms = (what: string, value: number, bound?: Figure['bound']): Figure => ({
    item,
    what: `${what}, ${scale}`,
    value,
    unit: 'ms',
    ...(bound ? { bound } : {}),
  });
  return [
    ms('emit → watcher, p50', of('baton', 'latencyMs', 0.5), isJudged ? { atMost: 15 } : undefined),
    ms('emit → watcher, p99', of('baton', 'latencyMs', 0.99)),
    ms('acknowledged → watcher, p50', of('baton', 'fromAckMs', 0.5)),
    ms('acknowledged → watcher, p99', of('baton', 'fromAckMs', 0.99)),
    ms('recordedAt → first watcher, p50, whole ms', of('baton', 'recordedToClientMs', 0.5)),
    ms('publish → watcher, workflow-streams, p50', of('streams', 'latencyMs', 0.5)),
    ms('publish → watcher, workflow-streams, p99', of('streams', 'latencyMs', 0.99)),
    ms('publish → watcher, workflow-streams without its pause between polls, p50', of('eager', 'latencyMs', 0.5)),
    {
      item,
      what: `Baton to workflow-streams, p50, ${scale}`,
      value: ratio('streams'),
      unit: 'ratio',
      ...(isJudged ? { bound: { atMost: 0.2 } } : {}),
    },
    { item, what: `Baton to workflow-streams without its pause, p50, ${scale}`, value: ratio('eager'), unit: 'ratio' },
    ...(watchers === 1
      ? []
      : [
          ms('first watcher → last, Baton, p50', of('baton', 'spreadMs', 0.5)),
          ms('first watcher → last, bare ws, p50', of('bare', 'spreadMs', 0.5)),
          ms('send → watcher, bare ws, p50', of('bare', 'latencyMs', 0.5)),
          ms('CPU of an event at a watcher, Baton (all of the engine)', cpuMs('baton')),
          ms('CPU of an event at a watcher, bare ws', cpuMs('bare')),
        ]),
  ];
}

const playBaton: Play = async (stage, watchers, talk) => {
  const { port, part } = await stage.engine();
  const clients = await stage.clients();
  const run = await stage.startRun('bench-talk', talk, { hold: true });
  await clients.call('open', { port, path: '/v1/ws', count: watchers });
  await clients.call('subscribe', run);
  const before = await part.call('use');
  await stage.begin(run);
  const arrivals = await clients.call('arrivals', talk.count);
  const cpuMs = (await part.call('use')).cpuMs - before.cpuMs;
  await clients.call('closeAll');
  const { ackMs } = (await stage.resultOf(run)) as { ackMs: number[] };
  return roundOf(arrivals, ackMs, cpuMs, watchers, talk);
};

const playStreams =
  (pollCooldownMs: number | null): Play =>
  async (stage, watchers, talk) => {
    await stage.bare();
    const clients = await stage.clients();
    const sender = await stage.sender();
    const run = `streamed-${randomUUID()}`;
    const handle = await stage.client.workflow.start('streamed', { workflowId: run, taskQueue: 'bare', args: [talk] });
    await clients.call('open', { port: await sender.call('port'), path: '/', count: watchers });
    const before = await sender.call('use');
    const forwarded = sender.call('forward', { run, count: talk.count, pollCooldownMs });
    await handle.signal('begin');
    await forwarded;
    await handle.signal('heard');
    const { ackMs } = (await handle.result()) as { ackMs: number[] };
    const arrivals = await clients.call('arrivals', talk.count);
    const cpuMs = (await sender.call('use')).cpuMs - before.cpuMs;
    await clients.call('closeAll');
    return roundOf(arrivals, ackMs, cpuMs, watchers, talk);
  };

const playBare: Play = async (stage, watchers, talk) => {
  const clients = await stage.clients();
  const sender = await stage.sender();
  await clients.call('open', { port: await sender.call('port'), path: '/', count: watchers });
  const before = await sender.call('use');
  await sender.call('send', talk);
  const arrivals = await clients.call('arrivals', talk.count);
  const cpuMs = (await sender.call('use')).cpuMs - before.cpuMs;
  await clients.call('closeAll');
  return roundOf(arrivals, [], cpuMs, watchers, talk);
};

function roundOf(arrivals: Arrivals, ackMs: number[], cpuMs: number, watchers: number, { count }: Talk): Round {
  const rows = arrivals.latencyMs.map((row, at) => ({ row, index: arrivals.indexes[at] ?? 0 }));
  const warm = rows.filter(({ index }) => index >= warmUpTicks);
  return {
    latencyMs: warm.flatMap(({ row }) => row),
    fromAckMs: warm.flatMap(({ row, index }) => row.map((ms) => ms - (ackMs[index] ?? Number.NaN))),
    recordedToClientMs: arrivals.recordedToClientMs.slice(warmUpTicks),
    spreadMs: warm.map(({ row }) => Math.max(...row) - Math.min(...row)),
    cpuMsPerDelivery: cpuMs / (watchers * count),
  };
}
