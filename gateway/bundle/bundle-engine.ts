/** The engine over an opened bundle: one run, to be read and watched; every command is refused. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '../../protocol/errors.ts';
import type { BlobRef } from '../../protocol/schemas/event.ts';
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { Config } from '../../runtime/config.ts';
import { payloadDecoder } from '../../runtime/data-converter.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import type { Log } from '../../runtime/log.ts';
import type { Engine, ListQuery, Runs } from '../engine.ts';
import { FeedMemory } from '../feed/feed-memory.ts';
import { FeedRegistry } from '../feed/feed-registry.ts';
import { withFeed } from '../feed/with-feed.ts';
import type { ReadContext } from '../history/execution-reader.ts';
import { eventBlob } from '../runs/run-blob.ts';
import { timelines } from '../timeline/run-timeline.ts';
import { StoredHistories } from './stored-histories.ts';
import type { UnpackedBundle } from './unpack-bundle.ts';

export function bundleEngine(bundle: UnpackedBundle, { config, log }: { config: Config; log: Log }): Engine {
  const { header, executions } = bundle;
  // Everything is inline and in the clear.
  const decode = payloadDecoder({});
  const blobs = unpackedBlobs(bundle);
  const reading: ReadContext = {
    service: new StoredHistories(header.run, header.blueprint, executions),
    decode,
    readStored: async (run, { ref }) => {
      const found = await blobs(run, ref);
      return JSON.parse(Buffer.from(await found.read(0, found.blob.bytes)).toString('utf8')) as unknown;
    },
  };
  const feeds = new FeedRegistry(
    {
      ...reading,
      memory: new FeedMemory(config.BATON_FEED_CACHE_BYTES),
      onFault: (run, error) => log.warn({ run, err: error }, 'the bundle could not be read'),
      onTailLag: () => undefined,
      onEnd: () => undefined,
    },
    inProcessBus(),
  );
  return {
    runs: bundleRuns(bundle, { config, reading, feeds, blobs }),
    feeds,
    knowledge: { search: () => [], sources: () => [], remove: () => false, watch: () => nothingToStop },
    system: { standing: () => refused(header.run), examine: () => refused(header.run) },
    agentLogs: { ofRun: () => noLines, ofAll: () => noLines },
    ready: () => Promise.resolve(true),
    close: async () => {
      feeds.close();
      await Promise.resolve();
    },
  };
}

const noLines = { items: [], next: 0, previous: null, available: false, reason: 'what agents log is in no bundle' };
const nothingToStop: Disposable = { [Symbol.dispose]: () => undefined };

function refused(run: string): Promise<never> {
  return Promise.reject(new BatonError('read_only', `this is the bundle of run ${run}: it can only be looked at`));
}

type Blobs = (run: string, ref: string) => ReturnType<Runs['blob']>;

function bundleRuns(
  { header, now }: UnpackedBundle,
  { config, reading, feeds, blobs }: { config: Config; reading: ReadContext; feeds: FeedRegistry; blobs: Blobs },
): Runs {
  const refuse = () => refused(header.run);
  const view = (run: string) => withFeed(feeds, run, (feed) => feed.view());
  const timeline = timelines({ reading, decode: reading.decode, config, forksOf: () => Promise.resolve(now.forks) });
  const summaries = async ({ status, blueprint, owner, ids }: Partial<ListQuery>): Promise<RunSummary[]> => {
    const { id, current, progress, startedAt, endedAt, lastSeq, error, ...state } = await view(header.run);
    const fits =
      (status === undefined || status.includes(state.status)) &&
      (blueprint === undefined || blueprint === state.blueprint) &&
      (owner === undefined || owner === state.owner) &&
      (ids === undefined || ids.includes(id));
    const failure = error === null ? null : { code: error.code, step: error.step ?? null, build: null };
    const { blueprint: kind, status: stands, owner: whose } = state;
    const summary = {
      id,
      blueprint: kind,
      status: stands,
      owner: whose,
      current,
      progress,
      startedAt,
      endedAt,
      lastSeq,
    };
    return fits ? [{ ...summary, openQuestions: [], failure }] : [];
  };
  return {
    blueprints: () => [],
    start: refuse,
    begin: refuse,
    message: refuse,
    retry: refuse,
    resume: refuse,
    reset: refuse,
    fork: refuse,
    pause: refuse,
    unpause: refuse,
    retryStep: refuse,
    terminate: refuse,
    act: refuse,
    predict: refuse,
    cancel: refuse,
    publish: refuse,
    answer: refuse,
    export: refuse,
    archive: refuse,
    jobs: refuse,
    delete: refuse,
    deleteOwner: refuse,
    state: view,
    timeline: async (run, query) => {
      const told = await timeline(run, query);
      return {
        ...told,
        status: now.isStuck ? 'stuck' : told.status,
        now: { ...told.now, pending: now.pending },
      };
    },
    list: async (query) => ({ items: await summaries(query), nextCursor: null }),
    count: async (filter) => {
      const items = await summaries(filter);
      return { total: items.length, byStatus: Object.fromEntries(items.map(({ status }) => [status, 1])) };
    },
    failureGroups: () => Promise.resolve({ items: [], ungrouped: 0 }),
    questions: () => Promise.resolve({ items: [], nextCursor: null }),
    owner: async (run) => {
      const { owner, blueprint } = await view(run);
      return { owner, blueprint };
    },
    blob: async (run, ref) => {
      return (await eventBlob(reading, run, ref)) ?? (await blobs(run, ref));
    },
    watch: () => nothingToStop,
  };
}

function unpackedBlobs({ header, folder, blobs }: UnpackedBundle): Blobs {
  const known = new Map<string, BlobRef>(blobs.map((blob) => [blob.ref, blob]));
  return async (run, ref) => {
    const blob = run === header.run ? known.get(ref) : undefined;
    if (!blob) throw new BatonError('blob_not_found', `run ${run} has no blob ${ref.slice(0, 80)}`, { run });
    return {
      blob,
      read: async (from, to) => {
        const file = await open(join(folder, 'blobs', blob.ref), 'r');
        try {
          const bytes = new Uint8Array(Math.max(0, to - from));
          const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
          return bytes.subarray(0, bytesRead);
        } finally {
          await file.close();
        }
      },
    };
  };
}
