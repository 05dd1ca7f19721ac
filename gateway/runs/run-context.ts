/** What the commands on runs share. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { RunFace } from '../../protocol/execution.ts';
import { memoKeys } from '../../protocol/execution.ts';
import { BatonError } from '../../protocol/errors.ts';
import type { RunArchive } from '../../stores/archive/run-archive.ts';
import type { AgentLogReader } from '../../stores/agent-logs/agent-log-reader.ts';
import type { RunLedger } from '../../stores/ledger/run-ledger.ts';
import type { BlobStore } from '../../stores/blobs/blob-store.ts';
import type { Config } from '../../runtime/config.ts';
import type { LiveBus } from '../../runtime/live-bus.ts';
import type { Log } from '../../runtime/log.ts';
import type { FeedRegistry } from '../feed/feed-registry.ts';
import type { ReadContext } from '../history/execution-reader.ts';
import type { Described, HistoryService } from '../history/history-service.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { AgentContracts } from './load-agent-contracts.ts';
import type { Contracts } from './load-contracts.ts';

export interface RunContext {
  config: Config;
  client: Client;
  service: HistoryService;
  reading: ReadContext;
  feeds: FeedRegistry;
  contracts: Contracts;
  agents: AgentContracts;
  blobs: BlobStore;
  /** null where none is configured. */
  archive: RunArchive | null;
  /** Ids that runs have had. */
  ledger: Pick<RunLedger, 'note' | 'forget' | 'close'>;
  agentLogs: AgentLogReader;
  bus: LiveBus;
  log: Log;
  metrics: Pick<Metrics, 'runsStarted'>;
  decode: (payload: Payload) => unknown;
}

/** What a run was started with, in the memo of each of its executions: it says whether a second start is the same one. */
export interface Origin {
  /** Of blueprint, input and hold. */
  hash: string;
  owner: string | null;
  /** Of the run, however often it has gone on since. Older runs have none. */
  startedAt?: string;
  /** The run's own, beside the operator's. */
  webhook?: string;
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** JSON with sorted keys: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** For lists, in which one run whose key is missing must not hide the others. Errors: as decoding has them. */
export async function readMemoIfReadable(
  context: Pick<RunContext, 'decode' | 'log'>,
  run: string,
  memo: Described['memo'],
): ReturnType<typeof readMemo> {
  try {
    return await readMemo(context, memo);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    context.log.debug({ run, err: error }, 'what lists show of a run cannot be decrypted');
    return { face: null, origin: null };
  }
}

/** Errors: key_missing, payload_unreadable. */
export async function readMemo(
  context: Pick<RunContext, 'decode'>,
  memo: Described['memo'],
): Promise<{ face: RunFace | null; origin: Origin | null }> {
  const read = async (key: string) => {
    const payload = memo[key];
    return payload ? await context.decode(payload) : null;
  };
  return {
    face: (await read(memoKeys.face)) as RunFace | null,
    origin: (await read(memoKeys.origin)) as Origin | null,
  };
}
