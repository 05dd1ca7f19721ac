/** The engine as bulk jobs use it. It is put together with the first of them: a worker without one pays nothing. */
import { once } from 'node:events';
import type { Following, OpsPort } from '../agents/bulk/ops-port.ts';
import type { Commands } from '../gateway/create-engine.ts';
import { listPageMax } from '../protocol/limits.ts';

type Followed = Awaited<ReturnType<Commands['feeds']['open']>>;

export function opsPort(open: () => Promise<Commands>): OpsPort {
  let opening: Promise<Commands> | null = null;
  const commands = () =>
    (opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    }));
  return {
    async *select(filter) {
      const { runs } = await commands();
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await runs.list({ ...filter, limit: listPageMax, ...(cursor === undefined ? {} : { cursor }) });
        yield page.items.map(({ id, blueprint, status }) => ({ run: id, blueprint, status }));
        cursor = page.nextCursor;
      }
    },
    act: async (run, act, by, requestId) => await (await commands()).runs.act(run, act, by, { requestId }),
    follow: async (run) => following(await (await commands()).feeds.open(run)),
    close: async () => {
      const closing = opening;
      opening = null;
      await (await closing)?.close();
    },
  };
}

function following(feed: Followed): Following {
  const changes = new EventTarget();
  const listening = feed.listen({
    more: () => changes.dispatchEvent(new Event('change')),
    live: () => undefined,
    gap: () => undefined,
  });
  return {
    get paused() {
      return feed.view().paused !== undefined;
    },
    async untilUnpaused(signal) {
      while (feed.view().paused !== undefined) await once(changes, 'change', { signal });
      signal.throwIfAborted();
    },
    [Symbol.dispose]: () => {
      listening[Symbol.dispose]();
      feed[Symbol.dispose]();
    },
  };
}
