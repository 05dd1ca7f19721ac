/**
 * What a bus would bring, asked from Temporal instead: whether awaited and ended runs have begun or gone on, and the
 * newest heartbeat of watched runs. Only for what somebody watches or waits for; where a bus brings it, next to nothing.
 */
import { readHeartbeat, liveFrameOf } from '../../protocol/heartbeat.ts';
import {
  begunLookBackMs,
  heartbeatReadsPerSecond,
  idsPerQuery,
  listPageMax,
  liveFreshMs,
  watchPollMs,
} from '../../protocol/limits.ts';
import { allBegunSince, begunSince } from '../runs/list-runs.ts';
import type { RunContext } from '../runs/run-context.ts';
import type { RunFeed } from './run-feed.ts';

export function pollFeeds(context: RunContext, onRound: () => void): Disposable {
  let isStopped = false;
  const onFault = (error: unknown) => context.log.debug({ err: error }, 'visibility or heartbeats could not be read');
  const lookForBegun = awaitedBegun(context);
  const round = async () => {
    await wakeBegun(context, lookForBegun).catch(onFault);
    await noteBegun(context).catch(onFault);
    await readHeartbeats(context).catch(onFault);
    onRound();
    if (!isStopped) timer = setTimeout(() => void round(), watchPollMs);
  };
  let timer = setTimeout(() => void round(), watchPollMs);
  return {
    [Symbol.dispose]: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function wakeBegun(context: RunContext, lookForBegun: () => Promise<Iterable<string>>): Promise<void> {
  const { feeds } = context.feeds;
  for (const run of await lookForBegun()) context.feeds.wake(run);
  const ended = feeds.filter((feed) => feed.ended && feed.watchers > 0);
  if (ended.length === 0) return;
  // A run that went on began after the earliest of these ends; what is known already is not followed again.
  const since = ended.map((feed) => feed.view().endedAt ?? '').reduce((a, b) => (a < b ? a : b));
  const names = ended.map((feed) => feed.run);
  for (const run of await begunSince(context, names, since === '' ? null : since)) context.feeds.wake(run);
}

/**
 * Which awaited runs have begun. Few are asked for by their ids; of many it is cheaper to ask what has begun at all since
 * the last look: whoever waits has looked once itself.
 */
function awaitedBegun(context: RunContext): () => Promise<Iterable<string>> {
  let lookedAtMs = Date.now();
  return async () => {
    const { awaited } = context.feeds;
    const nowMs = Date.now();
    const isMany = awaited.length > idsPerQuery;
    const since = new Date(lookedAtMs - begunLookBackMs).toISOString();
    const begun = isMany ? await allBegunSince(context, since) : await begunSince(context, awaited, null);
    const found = isMany && begun.size >= listPageMax ? await begunSince(context, awaited, null) : begun;
    lookedAtMs = nowMs;
    return found;
  };
}

/** Visibility is a moment behind, and clocks differ: each is told several times. */
async function noteBegun(context: RunContext): Promise<void> {
  if (!context.feeds.isWatchingAll) return;
  const since = new Date(Date.now() - begunLookBackMs).toISOString();
  for (const run of await allBegunSince(context, since)) context.feeds.noteBegun(run);
}

let next = 0;

async function readHeartbeats(context: RunContext): Promise<void> {
  const now = Date.now();
  const silent = context.feeds.feeds.filter(
    (feed) => !feed.ended && feed.watchers > 0 && feed.openSteps.length > 0 && now - feed.lastLiveAtMs > liveFreshMs,
  );
  const most = Math.ceil((heartbeatReadsPerSecond * watchPollMs) / 1_000);
  const turn =
    silent.length <= most
      ? silent
      : Array.from({ length: most }, (_, index) => silent[(next + index) % silent.length] as RunFeed);
  next += turn.length;
  await Promise.all(turn.map((feed) => readHeartbeatsOf(context, feed)));
}

async function readHeartbeatsOf(context: RunContext, feed: RunFeed): Promise<void> {
  const { pendingActivities } = await context.service.describe(feed.run, feed.newestRunId);
  for (const { heartbeatDetails } of pendingActivities) {
    const payload = heartbeatDetails?.payloads?.[0];
    const details = payload ? readHeartbeat(await context.decode(payload)) : null;
    if (details) feed.heartbeat(liveFrameOf(details));
  }
}
