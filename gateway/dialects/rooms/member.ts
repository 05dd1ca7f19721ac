/** One client in the room of one request: a place in the run's log, told from there on. */
import type { Feed } from '../../engine.ts';
import { DialectCursor } from '../dialect-cursor.ts';
import { readTranslated } from '../read-translated.ts';
import type { Frame } from '../translation.ts';
import type { RoomMessage } from './message.ts';
import type { Requests } from './requests.ts';
import type { RoomState } from './room-state.ts';

/** A client, whatever it is connected by. */
export interface Peer {
  readonly isOpen: boolean;
  hasRoom(isLive: boolean): boolean;
  tell(frames: readonly Frame<RoomMessage>[]): void;
}

export class Member implements Disposable {
  private readonly cursor: DialectCursor<RoomState, RoomMessage>;
  /** What had been told to the room before this client came; null where it was there from the beginning. */
  private readonly before: RoomState | null;

  private constructor(feed: Feed, peer: Peer, requests: Requests, before: RoomState | null) {
    this.before = before;
    const { context, runs, translator } = requests;
    const after = before?.eventSeq ?? 0;
    this.cursor = new DialectCursor(feed, runs.clientOf(feed.run), {
      translator,
      runs: context.engine.runs,
      reader: {
        hasRoom: (isLive) => peer.hasRoom(isLive),
        frames: (frames, { seq }) => {
          if (seq > after && frames.length > 0) peer.tell(frames);
        },
        live: () => undefined,
        end: () => undefined,
        // What is missing was told to whoever was there; the state of a rejoin has what can still be known.
        gap: (from, to) => context.log.debug({ run: feed.run, from, to }, 'a room has a gap'),
        fault: (error) => context.log.debug({ run: feed.run, err: error }, 'a log could not be read, it will be again'),
      },
    });
  }

  /** Takes the feed over. Nothing is told before `start`. */
  static async enter(
    feed: Feed,
    peer: Peer,
    requests: Requests,
    { fromBeginning }: { fromBeginning: boolean },
  ): Promise<Member> {
    if (fromBeginning) return new Member(feed, peer, requests, null);
    const { context, runs, translator } = requests;
    try {
      const parts = { translator, runs: context.engine.runs };
      return new Member(feed, peer, requests, await readTranslated(feed, runs.clientOf(feed.run), parts));
    } catch (error) {
      feed[Symbol.dispose]();
      throw error;
    }
  }

  /** All that this client has been told, or was told before it came: what is told next goes on from here. */
  get state(): RoomState {
    const { before, cursor } = this;
    return before !== null && before.eventSeq > cursor.state.eventSeq ? before : cursor.state;
  }

  /** The request has ended, and its end was told. */
  get isOver(): boolean {
    return this.state.result !== null;
  }

  start(): void {
    this.cursor.start();
  }

  resume(): void {
    this.cursor.resume();
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }
}
