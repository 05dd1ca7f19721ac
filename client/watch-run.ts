/** Carries out what the pure parts decide: opens the run by the transport of the day, again and again, from its cursor. */
import { backoffMs, delay } from './backoff.ts';
import { BatonClientError, mayPassLater } from './errors.ts';
import type { Frame, Source } from './frame.ts';
import { cutBack, logReader, readFrame, reopened, type LogReader } from './log-reader.ts';
import type { TransportChoice } from './transport-choice.ts';
import type { Transport } from './transport-ladder.ts';

/**
 * What a watch yields, in the order of the log.
 * `gap`: what lies in from..to is past retention, or was changed behind Baton's back; a snapshot follows.
 * `snapshot`: the state up to `state.lastSeq`, at each opening; events at or below it still come if they are new.
 * `end`: everything is read and the run has ended.
 * `transport`: what is used from now on (`open`), or why nothing is (`lost`) and in how long it is tried again.
 */
export type WatchItem =
  | Frame
  | { kind: 'transport'; status: 'open'; transport: Transport }
  | { kind: 'transport'; status: 'lost'; transport: Transport; reason: string; retryInMs: number };

export interface WatchOptions {
  /** The last seq that is known already. Default 0: from the beginning. */
  after?: number;
  /** Whether live frames are wanted. Default true. */
  live?: boolean;
  /** Default false: the iteration returns after `end`. True: it stays, for a run that is continued, retried or reset. */
  follow?: boolean;
  /** When it fires, the iteration throws its reason. */
  signal?: AbortSignal;
}

export interface WatchMeans {
  choice: TransportChoice;
  sources: Readonly<Record<Transport, Source>>;
  /** Whether the gateway takes plain requests. Throws what is not worth trying again (no valid token). */
  isReachable(signal: AbortSignal): Promise<boolean>;
  /** Whether a new token can be had once one has expired. */
  canRenewToken: boolean;
  onTransport(transport: Transport | null): void;
}

interface Watch {
  readonly run: string;
  readonly after: number;
  readonly live: boolean;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  reader: LogReader;
  /** What the consumer was told last. */
  told: Transport | null;
  /** Attempts in a row that brought nothing, though something was there. */
  failures: number;
}

type Outcome =
  | { kind: 'finished' }
  | { kind: 'again' }
  | { kind: 'failed'; fault: unknown; during: 'opening' | 'reading'; transport: Transport };

/** Opening again without getting any further, this often in a row, is a fault of the gateway. */
const holesMax = 20;

/** A transport that opens but is cut before it brings anything, this often in a row, is as good as blocked. */
const fruitlessOpenings = 3;

/**
 * Errors: run_not_found, forbidden, cursor_ahead (of `after`), unauthenticated, protocol. While the gateway is away
 * there is no error: it is tried again until the signal fires.
 */
export async function* watchRun(
  means: WatchMeans,
  run: string,
  options: WatchOptions = {},
): AsyncGenerator<WatchItem, void, undefined> {
  const watch: Watch = {
    run,
    after: options.after ?? 0,
    live: options.live ?? true,
    follow: options.follow ?? false,
    signal: options.signal ?? new AbortController().signal,
    reader: logReader(options.after ?? 0),
    told: null,
    failures: 0,
  };
  const leave = means.choice.enter();
  try {
    for (;;) {
      watch.signal.throwIfAborted();
      const outcome = yield* readOnce(means, watch);
      if (outcome.kind === 'finished') return;
      if (outcome.kind === 'failed') yield* recover(means, watch, outcome);
    }
  } finally {
    leave();
  }
}

async function* readOnce(means: WatchMeans, watch: Watch): AsyncGenerator<WatchItem, Outcome, undefined> {
  const transport = means.choice.current;
  const moved = means.choice.changed;
  const cursorBefore = watch.reader.cursor;
  const signal = AbortSignal.any([watch.signal, moved]);
  let during: 'opening' | 'reading' = 'opening';
  let fault: unknown = null;
  /** Nothing more was there to be brought. */
  let isCurrent = false;
  try {
    const { run, follow } = watch;
    for await (const frame of means.sources[transport]({ run, follow, after: cursorBefore, signal })) {
      if (frame.kind === 'opened') {
        during = 'reading';
        means.choice.opened();
        means.onTransport(transport);
        if (watch.told !== transport) yield { kind: 'transport', status: 'open', transport };
        watch.told = transport;
        continue;
      }
      const { reader, item } = readFrame(watch.reader, frame);
      watch.reader = reader;
      if (reader.phase === 'behind') break;
      if (frame.kind === 'snapshot') isCurrent = frame.state.lastSeq <= reader.cursor;
      if (item === null || (item.kind === 'live' && !watch.live)) continue;
      yield item;
      if (item.kind === 'end' && !follow) return { kind: 'finished' };
    }
    if (watch.reader.phase === 'behind') {
      fault = new BatonClientError('protocol', `an event of ${run} after ${watch.reader.cursor} is missing`);
    }
  } catch (error) {
    watch.signal.throwIfAborted();
    if (!moved.aborted) fault = error;
  }
  const hasProgressed = watch.reader.cursor > cursorBefore;
  if (hasProgressed || (isCurrent && watch.reader.phase !== 'behind')) watch.failures = 0;
  watch.reader = reopened(watch.reader);
  if (moved.aborted || (fault === null && hasProgressed)) return { kind: 'again' };
  return { kind: 'failed', fault, during, transport };
}

async function* recover(
  means: WatchMeans,
  watch: Watch,
  { fault, during, transport }: Extract<Outcome, { kind: 'failed' }>,
): AsyncGenerator<WatchItem, void, undefined> {
  const lastSeq = endOfLog(fault);
  if (lastSeq !== null && watch.reader.cursor > watch.after) {
    const { reader, item } = cutBack(watch.reader, lastSeq);
    watch.reader = reader;
    if (item) yield item;
    return;
  }
  if (!isWorthRetrying(fault, watch.failures, means)) throw fault;
  watch.failures++;
  const retryInMs = backoffMs(watch.failures, Math.random());
  const reason = fault instanceof Error ? fault.message : 'the connection closed';
  watch.told = null;
  means.onTransport(null);
  yield { kind: 'transport', status: 'lost', transport, reason, retryInMs };
  const isInQuestion = (during === 'opening' || watch.failures >= fruitlessOpenings) && isAboutTheWay(fault);
  // Asked while waiting anyway: on a busy machine the question takes as long as the wait.
  const judged = isInQuestion ? judgeTransport(means, watch, fault) : null;
  await Promise.all([judged, delay(retryInMs, watch.signal)]);
}

async function judgeTransport(means: WatchMeans, { signal }: Watch, { code }: BatonClientError): Promise<void> {
  means.choice.failedToOpen({ reachable: await means.isReachable(signal), timedOut: code === 'timeout' });
}

/** `cursor_ahead` says where the log ends. */
function endOfLog(fault: unknown): number | null {
  if (!(fault instanceof BatonClientError) || fault.code !== 'cursor_ahead') return null;
  const { lastSeq } = fault.details;
  return typeof lastSeq === 'number' ? lastSeq : null;
}

function isWorthRetrying(fault: unknown, failures: number, means: WatchMeans): boolean {
  if (fault === null) return true;
  if (!(fault instanceof BatonClientError)) return false;
  return mayPassLater(fault, failures, means) || (fault.code === 'protocol' && failures < holesMax);
}

/** Not what the gateway itself has answered (no Temporal, too many requests): that is the same by every transport. */
function isAboutTheWay(fault: unknown): fault is BatonClientError {
  return fault instanceof BatonClientError && ['unreachable', 'timeout', 'bad_response'].includes(fault.code);
}
