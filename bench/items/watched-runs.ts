/** What a watched run takes of a gateway's memory: runs that wait for a person, all watched on one socket. */
import type { Figure } from '../figure.ts';
import type { Stage } from '../stage.ts';

const item = 'watched-runs';

export async function watchedRuns(stage: Stage): Promise<Figure[]> {
  const sizes = stage.quick ? [5, 20] : [10, 100, 1_000];
  const most = Math.max(...sizes);
  const clients = await stage.clients();
  const runs = Array.from({ length: most }, (_, index) => `watched-${Date.now()}-${index}`);
  await clients.call('ask', { port: (await stage.engine()).port, runs });
  const { part, port } = await stage.anotherEngine({ BATON_BENCH_WORKER: 'none' });
  const none = await part.call('use');
  const figures: Figure[] = [];
  let watched = 0;
  let before = none;
  for (const size of sizes) {
    await clients.call('watchRuns', { port, runs: runs.slice(watched, size) });
    const now = await part.call('use');
    const grown = (bytes: number) => bytes / 1_024;
    figures.push(
      {
        item,
        what: `${size} watched runs: resident memory above none`,
        value: grown(now.rssBytes - none.rssBytes),
        unit: 'KiB',
      },
      {
        item,
        what: `each watched run from ${watched} to ${size}: resident`,
        value: grown(now.rssBytes - before.rssBytes) / (size - watched),
        unit: 'KiB',
      },
      {
        item,
        what: `each watched run from ${watched} to ${size}: heap`,
        value: grown(now.heapBytes - before.heapBytes) / (size - watched),
        unit: 'KiB',
      },
    );
    watched = size;
    before = now;
  }
  await clients.call('letGo');
  await part.stop();
  await Promise.all(runs.map((run) => stage.client.workflow.getHandle(run).terminate('the bench is over')));
  return figures;
}
