/** One random run of a system, lived through by a client that comes back whenever its connection breaks. */
import { setTimeout as delay } from 'node:timers/promises';
import { Api } from '../../harness/gateway.ts';
import type { Frame, RunKind, SystemDriver, SystemWatcher } from './system-driver.ts';

export interface RunPlan {
  kind: RunKind;
  /** Null: it is left to end by itself. */
  cancelAfterMs: number | null;
  /** Where it asks: whether somebody answers. If not, it is cancelled. */
  isAnswered: boolean;
  watchesFirst: boolean;
}

export interface Lived {
  id: string;
  /** One for each connection that stood. */
  connections: SystemWatcher[];
}

const retryMs = 50;
const endsWithinMs = 90_000;

export async function liveThrough(
  system: SystemDriver,
  plan: RunPlan,
  place: { base: () => string; site: string; id: string },
): Promise<Lived> {
  const { base } = place;
  const deadline = Date.now() + endsWithinMs;
  const connections: SystemWatcher[] = [];
  const first =
    plan.watchesFirst && system.waitsForRun ? await again(() => system.watch(base(), place.id), deadline) : null;
  const id = await start(system, plan.kind, place, deadline);
  const ending = new AbortController();
  const disturbed = disturb(system, plan, { base, id, connections, signal: ending.signal });
  for (let watcher = first; ;) {
    watcher ??= await again(() => system.watch(base(), id, cursorOf(connections)), deadline);
    connections.push(watcher);
    const isOver = await Promise.race([
      watcher.ended(Math.max(1, deadline - Date.now())).then(() => true),
      watcher.closed.then(() => false),
    ]);
    // The last frame and the close may have come together.
    if (isOver || (await isThere(watcher))) break;
    watcher = null;
  }
  ending.abort();
  await disturbed;
  return { id, connections };

  async function isThere(watcher: SystemWatcher): Promise<boolean> {
    return await watcher.ended(1).then(
      () => true,
      () => false,
    );
  }
}

function cursorOf(connections: readonly SystemWatcher[]): number | undefined {
  return connections.map((watcher) => watcher.cursor()).findLast((cursor) => cursor !== undefined);
}

/**
 * A start whose answer was lost may have begun the run. A second one would hear 409, or, where the run has ended since and
 * the system takes it for the next in the same session, begin another.
 */
async function start(
  system: SystemDriver,
  kind: RunKind,
  { base, site, id }: { base: () => string; site: string; id: string },
  deadline: number,
): Promise<string> {
  const run = system.name === 'native' ? id : `${system.name}:${id}`;
  let isRepeated = false;
  return await again(async () => {
    if (isRepeated && (await new Api(base()).get(`/v1/runs/${encodeURIComponent(run)}`)).status === 200) return id;
    isRepeated = true;
    try {
      return await system.start(base(), id, kind, site);
    } catch (error) {
      if (error instanceof Error && error.message.includes(': 409 ')) return id;
      throw error;
    }
  }, deadline);
}

async function disturb(
  system: SystemDriver,
  { kind, cancelAfterMs, isAnswered }: RunPlan,
  run: { base: () => string; id: string; connections: readonly SystemWatcher[]; signal: AbortSignal },
): Promise<void> {
  const { base, id, signal } = run;
  const rest = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined);
  const cancel = async () => {
    while (!signal.aborted) {
      const status = await system.cancel(base(), id).catch(() => 0);
      if (status === 202 || status === 409) return;
      await rest(retryMs);
    }
  };
  if (cancelAfterMs !== null) {
    await rest(cancelAfterMs);
    await cancel();
    return;
  }
  const { asking } = system;
  if (kind !== 'asks' || !asking) return;
  let asked: Frame | undefined;
  while (!signal.aborted && !asked) {
    asked = run.connections.flatMap(({ frames }) => frames).find((frame) => asking.isAsked(frame));
    if (!asked) await rest(retryMs);
  }
  if (!asked) return;
  if (!isAnswered) {
    await cancel();
    return;
  }
  while (!signal.aborted) {
    const status = await asking.answer(base(), id, asked).catch(() => 0);
    if (status > 0) return;
    await rest(retryMs);
  }
}

/** Until it succeeds: whoever it is asked of may be down for a moment. */
async function again<T>(act: () => Promise<T>, deadline: number): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(retryMs);
    }
  }
}
