/**
 * One client of request-rooms: the rooms it is in, and its commands, one after another. Both transports share it.
 *
 *   (id without a request) ──▶ waiting ──request begins──▶ in the room, from its first message
 *   (id of a request) ───────────────────────────────────▶ in the room, from now on
 */
import { BatonError } from '../../../protocol/errors.ts';
import { socketRequestsInFlight, subscriptionsPerSocket } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { DialectFault } from '../dialect-fault.ts';
import { Member, type Peer } from './member.ts';
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
  /** By run. */
  private readonly rooms = new Map<string, Promise<Member>>();
  private readonly entered = new Set<Member>();
  private readonly waiting = new Map<string, AbortController>();
  private queue: Promise<void> = Promise.resolve();
  private queued = 0;

  constructor(requests: Requests, guard: Guard, peer: SessionPeer, ownRequestId: string | undefined) {
    this.requests = requests;
    this.guard = guard;
    this.peer = peer;
    this.ownRequestId = ownRequestId;
  }

  /** The room of the request that the client named. `showState`: it is told the state where there is one. */
  connected({ showState }: { showState: boolean }): void {
    const { ownRequestId } = this;
    if (ownRequestId === undefined) return;
    this.enqueue(async () => {
      const member = await this.enter(requireRequestId(ownRequestId), { showsUnknown: false, showState });
      member?.start();
    });
  }

  command(type: unknown, fields: Fields, acknowledge?: Acknowledge): void {
    if (this.queued >= socketRequestsInFlight) {
      const busy = new BatonError('rate_limited', `${socketRequestsInFlight} commands of this client are waiting`);
      this.refuse(busy, fields, acknowledge);
      return;
    }
    this.enqueue(
      async () => {
        const { admission } = this.requests.context;
        if (admission.hasRequestLimit) await admission.request(this.guard.by);
        await this.work(type, fields);
        acknowledge?.({ ok: true });
      },
      fields,
      acknowledge,
    );
  }

  refuse(cause: unknown, fields: Fields = {}, acknowledge?: Acknowledge): void {
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

  drained(): void {
    for (const member of this.entered) if (this.peer.hasRoom(true)) member.resume();
  }

  closed(): void {
    for (const waiting of this.waiting.values()) waiting.abort();
    for (const member of this.entered) member[Symbol.dispose]();
    this.entered.clear();
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
    const run = await this.requests.findOrNull(this.guard, requestId);
    if (run === null) {
      if (showsUnknown) this.peer.tellOwn(stateMessage(unknownRequest(requestId)));
      this.waitFor(requestId);
      return null;
    }
    const member = await this.follow(run, { fromBeginning: false });
    if (showState) this.peer.tellOwn(stateMessage(member.state));
    return member;
  }

  /** Being in a room twice is being in it once. Errors: subscription_limit, run_not_found. */
  follow(run: string, from: { fromBeginning: boolean }): Promise<Member> {
    const known = this.rooms.get(run);
    if (known) return known;
    if (this.rooms.size >= subscriptionsPerSocket)
      throw new BatonError('subscription_limit', `a client may be in ${subscriptionsPerSocket} rooms`);
    const entering = this.open(run, from);
    this.rooms.set(run, entering);
    entering.catch(() => this.rooms.delete(run));
    return entering;
  }

  private async open(run: string, from: { fromBeginning: boolean }): Promise<Member> {
    const feed = await this.guard.open(run);
    const member = await Member.enter(feed, this.peer, this.requests, from);
    if (this.peer.isOpen) this.entered.add(member);
    else member[Symbol.dispose]();
    return member;
  }

  private waitFor(requestId: string): void {
    // Nobody would end the wait of a client that has gone meanwhile.
    if (!this.peer.isOpen || this.waiting.has(requestId) || this.waiting.size >= subscriptionsPerSocket) return;
    const controller = new AbortController();
    this.waiting.set(requestId, controller);
    this.followOnceBegun(requestId, controller)
      .catch((error: unknown) => {
        if (!controller.signal.aborted) this.requests.context.log.debug({ err: error }, 'waiting for a request ended');
      })
      .finally(() => {
        controller.abort();
        this.waiting.delete(requestId);
      });
  }

  /** It may begin under either of its names. */
  private async followOnceBegun(requestId: string, { signal }: AbortController): Promise<void> {
    const names = [this.requests.runs.idOf(requestId), requestId];
    const run = await Promise.race(names.map((name) => this.begun(name, requestId, signal)));
    if (this.peer.isOpen) (await this.follow(run, { fromBeginning: true })).start();
  }

  /** Never where the name is somebody else's, or no request's: then the other one is left to wait for. */
  private async begun(name: string, requestId: string, signal: AbortSignal): Promise<string> {
    await this.guard.waitFor(name, signal);
    const run = await this.requests.findOrNull(this.guard, requestId);
    return run ?? (await new Promise<never>(() => undefined));
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
      ? await session.follow(run, { fromBeginning: true })
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
