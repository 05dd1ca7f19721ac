/**
 * A client of one of the five systems, written from its contract's section "What the client does" alone: it shares no code
 * with the dialect. The shared cases, the laws over random runs and the bench run over all of them.
 */
import { Api } from '../../harness/gateway.ts';
import { TestSocket, type Frame } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';

export type { Frame } from '../../harness/test-socket.ts';

/**
 * `quick` ends by itself at once, `slow` after some seconds, `asks` waits for a person, `expires` for one second at most,
 * `fails` ends badly.
 */
export type RunKind = 'quick' | 'slow' | 'asks' | 'expires' | 'fails';

/** How a system asks people. Statuses are those of its HTTP address. */
export interface Asking {
  isAsked(frame: Frame): boolean;
  answer(base: string, id: string, asked: Frame): Promise<number>;
  answerWrongly(base: string, id: string, asked: Frame): Promise<number>;
}

export interface SystemDriver {
  readonly name: string;
  /** What the product is started with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly kinds: readonly RunKind[];
  readonly asking?: Asking;
  /** Whether a watcher may come before the run, and sees all of it. */
  readonly waitsForRun: boolean;
  /** Whether whoever comes late is told the whole history, or only how it stands. */
  readonly tellsHistory: boolean;
  /** Where it tells no history: whether the newest of what was told is told again to whoever comes late. */
  readonly repeatsNewest?: boolean;
  /** Whether a socket that comes back says where it was. */
  readonly resumes: boolean;
  /** Starts a run under an id of the client's choice, if the system lets it choose. Returns the id. */
  start(base: string, id: string, kind: RunKind, site: string): Promise<string>;
  /** `after`: what `cursor` of an earlier watcher said. */
  watch(base: string, id: string, after?: number): Promise<SystemWatcher>;
  /** Returns the HTTP status. */
  cancel(base: string, id: string): Promise<number>;
  /** What must never fall in a run, over all connections: the bar. */
  progressOf?(frame: Frame): number | undefined;
  /** Which laws of the contract the frames of a whole run break, as sentences. */
  broken(frames: readonly Frame[]): string[];
}

export interface SystemWatcher {
  /** In the order in which they came. */
  readonly frames: readonly Frame[];
  /** What is told of the run itself, without greetings, heartbeats and copies: the same for every watcher. */
  story(): Frame[];
  /** Resolves at the last frame of the run. */
  ended(withinMs?: number): Promise<Frame>;
  until(fits: (frame: Frame) => boolean, withinMs?: number): Promise<Frame>;
  /** For `after` of the next watcher. */
  cursor(): number | undefined;
  readonly closed: Promise<{ code: number; reason: string }>;
  send(frame: unknown): void;
  /** Stops reading from the network. */
  pause(): void;
  resume(): void;
  /** Breaks the connection. */
  drop(): void;
}

export async function openWatcher(
  url: string,
  parts: {
    isStory: (frame: Frame) => boolean;
    isEnd: (frame: Frame) => boolean;
    cursorOf?: (frame: Frame) => number | undefined;
    greet?: (socket: TestSocket) => void;
    /** The end may be told before the history is: only the close says that everything was. */
    endsByClose?: boolean;
  },
): Promise<SystemWatcher> {
  const socket = await TestSocket.open(url.replace(/^http/, 'ws'));
  parts.greet?.(socket);
  const { frames } = socket;
  return {
    frames,
    story: () => frames.filter(parts.isStory),
    ended: async (withinMs = 30_000) => {
      const end = await socket.until(parts.isEnd, withinMs);
      if (parts.endsByClose) await until('the close', () => socket.ws.readyState === socket.ws.CLOSED, withinMs);
      return end;
    },
    until: (fits, withinMs) => socket.until(fits, withinMs),
    cursor: () => {
      const cursors = frames.flatMap((frame) => parts.cursorOf?.(frame) ?? []);
      return cursors.length === 0 ? undefined : Math.max(...cursors);
    },
    closed: socket.closed,
    send: (frame) => socket.send(frame),
    pause: () => socket.ws.pause(),
    resume: () => socket.ws.resume(),
    drop: () => socket.close(),
  };
}

/** The status of a POST; throws where it is none of those that are expected. */
export async function post(
  base: string,
  path: string,
  body: unknown,
  expected: readonly number[],
): Promise<{ status: number; body: Frame }> {
  const answer = await new Api(base).post(path, body);
  if (!expected.includes(answer.status)) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Faults of a sequence that must never fall. */
export function falls(values: readonly number[], what: string): string[] {
  return values.flatMap((value, index) =>
    index > 0 && value < (values[index - 1] ?? 0) ? [`${what} fell from ${values[index - 1]} to ${value}`] : [],
  );
}

/** Faults of numbers that must be 1, 2, 3 … */
export function holes(numbers: readonly number[], what: string): string[] {
  return numbers.flatMap((number, index) =>
    number === index + 1 ? [] : [`${what} ${number} stands at place ${index + 1}`],
  );
}
