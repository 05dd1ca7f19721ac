/** What a connection takes of a gateway's memory while it does nothing: resident memory of a gateway of its own. */
import type { Figure } from '../figure.ts';
import type { Stage } from '../stage.ts';

const item = 'connections';

export async function connections(stage: Stage): Promise<Figure[]> {
  const [few, many] = stage.quick ? [100, 500] : [1_000, 5_000];
  const { part, port } = await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' });
  const clients = await stage.clients();
  const run = await stage.startRun('bench-ask', {});
  const open = (count: number) => clients.call('open', { port, path: '/v1/ws', count });
  // The first connections bring code and pools with them, and fill room that was there: from the few to the many it is
  // the connections alone. Resident memory still has room to fill; the heap has not.
  await open(few);
  const withFew = await part.call('use');
  await open(many - few);
  const withMany = await part.call('use');
  await clients.call('subscribe', run);
  const subscribed = await part.call('use');
  await clients.call('closeAll');
  await part.stop();
  const kib = (bytes: number, count: number) => bytes / count / 1_024;
  return [
    {
      item,
      what: `an idle connection, from ${few} to ${many}: resident`,
      value: kib(withMany.rssBytes - withFew.rssBytes, many - few),
      unit: 'KiB',
      bound: { atMost: 6 },
      note: 'of the gateway, after a collection; what the kernel keeps for a socket is not in it',
    },
    {
      item,
      what: `an idle connection, from ${few} to ${many}: heap`,
      value: kib(withMany.heapBytes - withFew.heapBytes, many - few),
      unit: 'KiB',
      bound: { atMost: 6 },
    },
    {
      item,
      what: `a subscription to a quiet run, ${many} of them: resident`,
      value: kib(subscribed.rssBytes - withMany.rssBytes, many),
      unit: 'KiB',
    },
  ];
}
