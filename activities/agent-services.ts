import type { Client } from '@temporalio/client';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import type { BlobStore } from '../stores/blobs/blob-store.ts';
import type { KeptLines } from './attempt-lines.ts';

/** What the activities of a worker process share. */
export interface AgentServices {
  store: BlobStore;
  bus: LiveBus;
  log: Log;
  /** Where lines are kept that gateways can read; null: nowhere. */
  lines: KeptLines | null;
  /** A client of its own, not the activity's: that one aborts its calls when the activity is cancelled. */
  client: Client;
}
