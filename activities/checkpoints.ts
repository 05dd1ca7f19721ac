/** Keeps an agent's newest checkpoint where a retry finds it: in the heartbeat, or stored when it is large. */
import { byteLength, isOversize } from '../protocol/cut-data.ts';
import { BatonError } from '../protocol/errors.ts';
import type { HeartbeatDetails } from '../protocol/heartbeat.ts';
import {
  checkpointBytes,
  checkpointInlineBytes,
  heartbeatThrottleMs,
  supersededCheckpointMs,
} from '../protocol/limits.ts';
import type { BlobStore } from '../stores/blobs/blob-store.ts';
import type { Clock } from './clock.ts';
import { Throttle } from './throttle.ts';

type Kept = NonNullable<HeartbeatDetails['checkpoint']>;

export interface CheckpointOptions {
  store: BlobStore;
  run: string;
  /** What the last heartbeat of an earlier attempt carried. */
  resumed: Kept | undefined;
  clock: Clock;
  /** The newest checkpoint is ready for a heartbeat; at most once in each heartbeat throttle. */
  onKept: () => void;
  onTrouble: (error: unknown) => void;
}

export class Checkpoints implements Disposable {
  private readonly options: CheckpointOptions;
  private readonly throttle: Throttle;
  private newest: Kept | undefined;
  private value: unknown;
  private waiting: string | null = null;
  private keeping: Promise<void> | null = null;
  private isClosed = false;
  private superseded: { ref: string; atMs: number }[] = [];

  constructor(options: CheckpointOptions) {
    this.options = options;
    this.newest = options.resumed;
    this.throttle = new Throttle(heartbeatThrottleMs, options.clock, () => this.keep());
  }

  /** What the heartbeat carries. */
  get kept(): Kept | undefined {
    return this.newest;
  }

  /** What an outcome or a failure hands to the workflow; undefined where no attempt has set one. */
  get current(): unknown {
    return this.value;
  }

  /** Reads what an earlier attempt left; else what the step had before this activity. */
  async resume(before: unknown): Promise<unknown> {
    if (this.newest === undefined) this.value = before;
    else if ('value' in this.newest) this.value = this.newest.value;
    else {
      const { store, run } = this.options;
      const bytes = await store.get(run, this.newest.stored.ref);
      this.value = JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    }
    return this.value;
  }

  set(value: unknown): void {
    if (this.isClosed) return;
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined) throw new BatonError('invalid_checkpoint', 'a checkpoint must be a JSON value');
    if (isOversize(json, checkpointBytes))
      throw new BatonError(
        'invalid_checkpoint',
        `a checkpoint of ${byteLength(json)} bytes; at most ${checkpointBytes} are kept`,
      );
    this.value = JSON.parse(json) as unknown;
    this.waiting = json;
    this.throttle.request();
  }

  /** Resolves when the newest checkpoint is in what the heartbeat carries. */
  async settled(): Promise<void> {
    this.throttle.flush();
    while (this.keeping) await this.keeping;
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
    this.throttle[Symbol.dispose]();
  }

  private keep(): void {
    this.keeping ??= this.keepWaiting().finally(() => {
      this.keeping = null;
    });
  }

  private async keepWaiting(): Promise<void> {
    while (this.waiting !== null) {
      const json = this.waiting;
      this.waiting = null;
      const previous = this.newest;
      this.newest = isOversize(json, checkpointInlineBytes)
        ? await this.stored(json)
        : { value: JSON.parse(json) as unknown };
      this.options.onKept();
      if (previous && 'stored' in previous) await this.supersede(previous.stored.ref);
    }
  }

  /** Without its store a checkpoint still survives, at the price of larger heartbeats. */
  private async stored(json: string): Promise<Kept> {
    const { store, run, onTrouble } = this.options;
    try {
      return { stored: await store.put(run, Buffer.from(json), 'application/json') };
    } catch (error) {
      onTrouble(error);
      return { value: JSON.parse(json) as unknown };
    }
  }

  /** The server may still hold an older heartbeat for as long as it is away: old blobs are deleted late. */
  private async supersede(ref: string): Promise<void> {
    const { store, run, clock, onTrouble } = this.options;
    this.superseded.push({ ref, atMs: clock.now() });
    const isOld = ({ atMs }: { atMs: number }) => clock.now() - atMs > supersededCheckpointMs;
    const old = this.superseded.filter(isOld);
    if (old.length === 0) return;
    this.superseded = this.superseded.filter((entry) => !isOld(entry));
    const inUse = new Set(this.superseded.map((entry) => entry.ref));
    if (this.newest && 'stored' in this.newest) inUse.add(this.newest.stored.ref);
    const unused = old.filter((entry) => !inUse.has(entry.ref));
    await Promise.all(unused.map((entry) => store.delete(run, entry.ref))).catch(onTrouble);
  }
}
