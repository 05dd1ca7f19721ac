/** One socket's way through the log of one session. */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Feed } from '../../engine.ts';
import { DialectCursor, type DialectReader } from '../dialect-cursor.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { Frame } from '../translation.ts';
import type { KiState } from './ki-state.ts';
import type { KiMessage } from './message.ts';
import type { Place } from './place.ts';
import type { Sessions } from './sessions.ts';

export class Follower implements DialectReader<KiState, KiMessage>, Disposable {
  /** The log's seq up to which the socket was told. */
  toldSeq = 0;
  private readonly socket: DialectSocket;
  private readonly sessions: Sessions;
  private readonly options: { place: Place; hasCopies: boolean; onEnd?: () => void };
  private readonly cursor: DialectCursor<KiState, KiMessage>;

  /** Takes the feed over. */
  constructor(
    feed: Feed,
    parts: {
      socket: DialectSocket;
      sessions: Sessions;
      place: Place;
      /** Whether the short copies of progress are wanted. */
      hasCopies: boolean;
      onEnd?: () => void;
    },
  ) {
    const { socket, sessions } = parts;
    this.socket = socket;
    this.sessions = sessions;
    this.options = parts;
    const { translator, context } = sessions;
    const cursorParts = { translator, reader: this, runs: context.engine.runs };
    this.cursor = new DialectCursor(feed, sessions.runs.clientOf(feed.run), cursorParts);
  }

  start(): void {
    this.cursor.start();
  }

  resume(): void {
    this.cursor.resume();
  }

  hasRoom(isLive: boolean): boolean {
    return this.socket.hasRoom(isLive);
  }

  frames(frames: readonly Frame<KiMessage>[], event: RunEvent, _state: KiState, isLive: boolean): void {
    this.toldSeq = event.seq;
    this.send(this.options.place.unseen(frames, event, isLive));
  }

  live(frames: readonly Frame<KiMessage>[]): void {
    this.send(frames);
  }

  end(): void {
    this.options.onEnd?.();
  }

  gap(from: number, to: number): void {
    const message = `what the log had from ${from} to ${to} is past retention, or was disturbed`;
    this.socket.sendJson({ type: 'error', code: 'gap', message });
  }

  fault(error: unknown): void {
    this.sessions.context.log.debug({ err: error }, 'the log of a session could not be read, trying again');
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  private send(frames: readonly Frame<KiMessage>[]): void {
    const wanted = this.options.hasCopies ? frames : frames.filter(({ message }) => message.type !== 'progress');
    if (wanted.length === 0) return;
    this.socket.cork(() => {
      for (const { text } of wanted) this.socket.send(text);
    });
  }
}
