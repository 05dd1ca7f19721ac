/**
 * Lists that keep themselves up to date. At each opening the list is read whole and compared with what was told, so a
 * broken connection hides no change; between, the gateway pushes changes, or the list is read again where it can't.
 */
import { listPollMs } from '../protocol/limits.ts';
import { abortable } from './abortable.ts';
import { backoffMs, delay } from './backoff.ts';
import { runQuery, type Commands, type QuestionFilter, type RunFilter } from './commands.ts';
import { BatonClientError, mayPassLater } from './errors.ts';
import { isObject } from './frame.ts';
import { FrameQueue } from './frame-queue.ts';
import type { WebSocketPool } from './transports/websocket-pool.ts';
import type { Question, RunSummary } from './types.ts';
import type { WatchMeans } from './watch-run.ts';

export interface WatchedList<T> {
  what: 'runs' | 'questions';
  filter: Readonly<Record<string, string>>;
  key(item: T): string;
  all(signal: AbortSignal): AsyncGenerator<T, void, undefined>;
  /** What became of one that is no longer listed; null where that can't be said. */
  find(item: T, signal: AbortSignal): Promise<T | null>;
  fits(item: T): boolean;
  /** Items of which is remembered what was told of them. */
  remembered: number;
}

export interface RunWatch extends RunFilter {
  /** At the beginning, and after a lost connection, only so many of the newest are given, at most 500. Default: all. */
  newest?: number;
}

export function runList(commands: Commands, { signal: _signal, newest, ...filter }: RunWatch): WatchedList<RunSummary> {
  return {
    what: 'runs',
    filter: runQuery(filter),
    key: (run) => run.id,
    all: (signal) =>
      newest === undefined ? commands.list({ ...filter, signal }) : newestRuns(commands, { ...filter, newest, signal }),
    // What is told again changes nothing.
    remembered: newest === undefined ? Infinity : newest * 2,
    find: () => Promise.resolve(null),
    fits: () => true,
  };
}

async function* newestRuns(
  commands: Commands,
  { newest, ...filter }: RunFilter & { newest: number },
): AsyncGenerator<RunSummary, void, undefined> {
  yield* (await commands.listPage({ ...filter, limit: newest })).items;
}

export function questionList(
  commands: Commands,
  { signal: _signal, ...filter }: QuestionFilter,
): WatchedList<Question> {
  return {
    what: 'questions',
    filter: {},
    key: (question) => `${question.run}/${question.id}`,
    remembered: Infinity,
    all: (signal) => commands.questions({ ...filter, signal }),
    find: async (question, signal) => {
      const { questions } = await commands.state(question.run, { signal });
      return questions.find((known) => known.id === question.id) ?? null;
    },
    fits: (question) =>
      (filter.run === undefined || filter.run === question.run) &&
      (filter.kind === undefined || filter.kind === question.kind),
  };
}

export async function* watchList<T extends object>(
  means: WatchMeans,
  pool: WebSocketPool,
  list: WatchedList<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const told = new Map<string, string>();
  let failures = 0;
  const leave = means.choice.enter();
  const isNews = (item: T) => {
    const json = JSON.stringify(item);
    if (!list.fits(item) || told.get(list.key(item)) === json) return false;
    told.delete(list.key(item));
    told.set(list.key(item), json);
    for (const oldest of told.keys()) {
      if (told.size <= list.remembered) break;
      told.delete(oldest);
    }
    return true;
  };
  try {
    for (;;) {
      signal.throwIfAborted();
      const moved = means.choice.changed;
      const until = AbortSignal.any([signal, moved]);
      try {
        const usesSocket = means.choice.current === 'websocket';
        for await (const item of usesSocket ? pushed(pool, list, told, until) : polled(list, told, until)) {
          failures = 0;
          if (item !== null && isNews(item)) yield item;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (moved.aborted) continue;
        if (!(error instanceof BatonClientError) || !mayPassLater(error, failures, means)) throw error;
        failures++;
        if (error.code === 'unreachable' || error.code === 'timeout') {
          const reachable = await means.isReachable(signal);
          means.choice.failedToOpen({ reachable, timedOut: error.code === 'timeout' });
        }
        await delay(backoffMs(failures, Math.random()), signal);
      }
    }
  } finally {
    leave();
  }
}

/** Subscribes first, then reads the list: what changes in between comes twice rather than never. */
async function* pushed<T>(
  pool: WebSocketPool,
  list: WatchedList<T>,
  told: Map<string, string>,
  signal: AbortSignal,
): AsyncGenerator<T | null, void, undefined> {
  const key = `#${list.what}`;
  const lease = await pool.lease(key, signal);
  const { connection } = lease;
  const changes = new FrameQueue<T>(() => connection.detach(key, sink));
  const sink = {
    push(frame: Record<string, unknown>) {
      const item = list.what === 'runs' ? frame['run'] : frame['question'];
      if (isObject(item)) changes.push(item as T);
    },
    fail: (error: Error) => changes.fail(error),
  };
  try {
    connection.attach(key, sink);
    await abortable(connection.request('watch', { what: list.what, filter: list.filter }), signal);
    yield* whole(list, told, signal);
    yield* changes.drain(signal);
  } finally {
    connection.detach(key, sink);
    if (connection.isOpen) connection.request('unwatch', { what: list.what }).catch(() => undefined);
    lease.release();
  }
}

async function* polled<T>(
  list: WatchedList<T>,
  told: Map<string, string>,
  signal: AbortSignal,
): AsyncGenerator<T | null, void, undefined> {
  for (;;) {
    yield* whole(list, told, signal);
    await delay(listPollMs, signal);
  }
}

/** Ends with null, however long the list is. */
async function* whole<T>(
  list: WatchedList<T>,
  told: Map<string, string>,
  signal: AbortSignal,
): AsyncGenerator<T | null, void, undefined> {
  const gone = new Map(told);
  for await (const item of list.all(signal)) {
    gone.delete(list.key(item));
    yield item;
  }
  for (const [key, json] of gone) {
    told.delete(key);
    const found = await list.find(JSON.parse(json) as T, signal);
    if (found !== null) yield found;
  }
  yield null;
}
