/** One client of request-rooms: its commands, one after another, and what comes of them. Both transports share it. */
import { BatonError } from '../../../protocol/errors.ts';
import { socketRequestsInFlight } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { DialectFault } from '../dialect-fault.ts';
import { ClientRooms, isAway, type RoomPace } from './client-rooms.ts';
import type { Member, Peer } from './member.ts';
import type { OwnMessage } from './message.ts';
import { toRoomFault } from './room-fault.ts';
import { stateMessage, unknownRequest } from './room-state.ts';
import { requireRequestId, type Requests } from './requests.ts';

export interface SessionPeer extends Peer {
  tellOwn(message: OwnMessage): void;
}

/** The acknowledgement of a command, where the client wants one. */
export type Acknowledge = (reply: { ok: true } | { ok: false; error: { code: string; message: string } }) => void;

type Fields = Readonly<Record<string, unknown>>;

export class RoomSession {
  private readonly requests: Requests;
  private readonly guard: Guard;
  private readonly peer: SessionPeer;
  /** The request that the client named as it connected. */
  private readonly ownRequestId: string | undefined;
  private readonly rooms: ClientRooms;
  private queue: Promise<void> = Promise.resolve();
  private queued = 0;

  constructor(requests: Requests, guard: Guard, peer: SessionPeer, ownRequestId: string | undefined, pace?: RoomPace) {
    this.requests = requests;
    this.guard = guard;
    this.peer = peer;
    this.ownRequestId = ownRequestId;
    const tellFault = (error: unknown, requestId: string) => this.refuse(error, { requestId });
    this.rooms = new ClientRooms({ requests, guard, peer, tellFault }, pace);
  }

  /** The room of the request that the client named. `showState`: it is told the state where there is one. */
  connected({ showState }: { showState: boolean }): void {
    const { ownRequestId } = this;
    if (ownRequestId === undefined) return;
    this.enqueue(async () => {
      const requestId = requireRequestId(ownRequestId);
      try {
        const member = await this.enter(requestId, { showsUnknown: false, showState });
        member?.start();
      } catch (error) {
        // It is told so, and need not ask again.
        if (isAway(error)) this.rooms.awaitAnswer(requestId, (member) => this.show(member, showState));
        throw error;
      }
    });
  }

  command(type: unknown, fields: Fields, acknowledge?: Acknowledge): void {
    const work = async () => {
      const { admission } = this.requests.context;
      if (admission.hasRequestLimit) await admission.request(this.guard.by);
      await this.work(type, fields);
      acknowledge?.({ ok: true });
    };
    this.inTurn(work, fields, acknowledge);
  }

  /** What could not be read is told in its turn, too. */
  unreadable(cause: unknown, acknowledge?: Acknowledge): void {
    this.inTurn(
      async () => {
        throw cause;
      },
      {},
      acknowledge,
    );
  }

  drained(): void {
    this.rooms.drained();
  }

  closed(): void {
    this.rooms.close();
  }

  private inTurn(work: () => Promise<void>, fields: Fields, acknowledge?: Acknowledge): void {
    if (this.queued >= socketRequestsInFlight) {
      const busy = new BatonError('rate_limited', `${socketRequestsInFlight} commands of this client are waiting`);
      this.refuse(busy, fields, acknowledge);
    } else this.enqueue(work, fields, acknowledge);
  }

  private refuse(cause: unknown, fields: Fields = {}, acknowledge?: Acknowledge): void {
    const { code, message } = toRoomFault(cause);
    const { log, metrics } = this.requests.context;
    if (code === 'internal') log.error({ err: cause }, 'a command failed');
    metrics.refused.inc({ code });
    const requestId = fields['requestId'] ?? this.ownRequestId;
    this.peer.tellOwn({
      type: 'error',
      agent: 'gateway',
      message,
      code,
      ...(typeof requestId === 'string' ? { requestId } : {}),
    });
    acknowledge?.({ ok: false, error: { code, message } });
  }

  /** Commands of one client keep their order: a cancel finds what was started before it. */
  private enqueue(work: () => Promise<void>, fields: Fields = {}, acknowledge?: Acknowledge): void {
    this.queued++;
    this.queue = this.queue.then(async () => {
      try {
        if (this.peer.isOpen) await work();
      } catch (error) {
        this.refuse(error, fields, acknowledge);
      } finally {
        this.queued--;
      }
    });
  }

  private async work(type: unknown, fields: Fields): Promise<void> {
    const { guard, requests } = this;
    const work = typeof type === 'string' && Object.hasOwn(commands, type) ? commands[type] : undefined;
    if (work === undefined)
      throw new DialectFault(422, 'unknown_type', 'type: it is none of start, cancel, feedback, rejoin');
    const requestId = requireRequestId(fields['requestId'] ?? this.ownRequestId);
    await work({ session: this, guard, requests, requestId, fields });
  }

  /** null where there is no such request yet: then it is waited for. The caller starts the member. */
  async enter(
    requestId: string,
    { showsUnknown, showState }: { showsUnknown: boolean; showState: boolean },
  ): Promise<Member | null> {
    const run = await this.rooms.findOrAwait(requestId);
    if (run === null) {
      if (showsUnknown) this.peer.tellOwn(stateMessage(unknownRequest(requestId)));
      return null;
    }
    const member = await this.rooms.enter(run, { fromBeginning: false });
    this.show(member, showState);
    return member;
  }

  /** The room of a request that has just been started by this client. */
  follow(run: string): Promise<Member> {
    return this.rooms.enter(run, { fromBeginning: true });
  }

  private show(member: Member, showState: boolean): void {
    if (showState) this.peer.tellOwn(stateMessage(member.state));
  }
}

interface Call {
  session: RoomSession;
  guard: Guard;
  requests: Requests;
  requestId: string;
  fields: Fields;
}

const commands: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  async start({ session, guard, requests, requestId, fields }) {
    const { run, isNew } = await requests.start(guard, requestId, fields);
    const member = isNew
      ? await session.follow(run)
      : await session.enter(requestId, { showsUnknown: false, showState: true });
    member?.start();
  },
  cancel: ({ guard, requests, requestId }) => requests.cancel(guard, requestId),
  feedback: ({ guard, requests, requestId, fields }) => requests.answer(guard, requestId, fields),
  async rejoin({ session, requestId }) {
    const member = await session.enter(requestId, { showsUnknown: true, showState: true });
    member?.start();
  },
};
