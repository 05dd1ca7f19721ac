/** What a connection takes of a gateway's memory while it does nothing: resident memory of a gateway of its own. */
import type { Figure } from '../figure.ts';
import type { Stage } from '../stage.ts';

const item = 'connections';

export async function connections(stage: Stage): Promise<Figure[]> {
  const count = stage.quick ? 500 : 5_000;
  const { part, port } = await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' });
  const clients = await stage.clients();
  const run = await stage.startRun('bench-ask', {});
  const rss = async () => (await part.call('use')).rssBytes;
  // What the first connections bring with them (code, pools) is not what each of many costs.
  await clients.call('open', { port, path: '/v1/ws', count: 200 });
  await clients.call('subscribe', run);
  await clients.call('closeAll');
  const none = await rss();
  await clients.call('open', { port, path: '/v1/ws', count });
  const connected = await rss();
  await clients.call('subscribe', run);
  const subscribed = await rss();
  await clients.call('closeAll');
  await part.stop();
  const each = (bytes: number) => bytes / count / 1_024;
  return [
    {
      item,
      what: `an idle connection, of ${count}`,
      value: each(connected - none),
      unit: 'KiB',
      bound: { atMost: 6 },
      note: 'resident memory of the gateway, after a collection',
    },
    { item, what: `an idle connection that follows a run, of ${count}`, value: each(subscribed - none), unit: 'KiB' },
  ];
}
