/**
 * The rooms that one client is in, and those that it waits for:
 *
 *   (no such request yet) ──▶ awaited ──it begins──▶ in the room, from its first message
 *   (Temporal is away) ──────▶ awaited ──it answers──▶ in the room, from now on; or awaited as above
 *   (a request) ─────────────────────────────────────▶ in the room, from now on ──▶ forgotten: the client has gone,
 *                                                      or the request has ended and its place is needed
 */
import { setTimeout } from 'node:timers/promises';
import { BatonError } from '../../../protocol/errors.ts';
import { cursorRetryMs, roomsPerClient } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { Member, type Peer } from './member.ts';
import type { Requests } from './requests.ts';

export interface RoomPace {
  /** Rooms at once. */
  roomsMax: number;
  /** Between two tries while Temporal is away. */
  retryMs: number;
}

export class ClientRooms {
  private readonly requests: Requests;
  private readonly guard: Guard;
  private readonly peer: Peer;
  private readonly tellFault: (error: unknown, requestId: string) => void;
  private readonly pace: RoomPace;
  /** By run, oldest first. */
  private readonly entering = new Map<string, Promise<Member>>();
  private readonly members = new Map<string, Member>();
  /** By the request's id. */
  private readonly awaited = new Map<string, AbortController>();

  constructor(
    parts: { requests: Requests; guard: Guard; peer: Peer; tellFault: (error: unknown, requestId: string) => void },
    pace: RoomPace = { roomsMax: roomsPerClient, retryMs: cursorRetryMs },
  ) {
    this.requests = parts.requests;
    this.guard = parts.guard;
    this.peer = parts.peer;
    this.tellFault = parts.tellFault;
    this.pace = pace;
  }

  /** Being in a room twice is being in it once. The caller starts the member. Errors: subscription_limit, run_not_found. */
  async enter(run: string, from: { fromBeginning: boolean }): Promise<Member> {
    if (!this.entering.has(run)) this.makePlace();
    return await this.enterPlaced(run, from);
  }

  /** The request's run; null where there is none yet: then it is entered once it begins. Errors: subscription_limit. */
  async findOrAwait(requestId: string): Promise<string | null> {
    const awaiting = new AbortController();
    const begins = this.begins(requestId, awaiting.signal);
    try {
      const run = await this.requests.findOrNull(this.guard, requestId);
      if (run === null) this.later(requestId, awaiting, () => this.enterOnceBegun(begins, awaiting.signal));
      else awaiting.abort();
      return run;
    } catch (error) {
      awaiting.abort();
      throw error;
    }
  }

  /** It is entered as soon as Temporal tells whether it is there; `entered` is called before anything is told. */
  awaitAnswer(requestId: string, entered: (member: Member) => void): void {
    const awaiting = new AbortController();
    this.later(requestId, awaiting, async () => {
      const { signal } = awaiting;
      const begins = this.begins(requestId, signal);
      await setTimeout(this.pace.retryMs, undefined, { signal });
      const run = await this.patiently(() => this.requests.findOrNull(this.guard, requestId), signal);
      if (run === null) {
        await this.enterOnceBegun(begins, signal);
        return;
      }
      if (this.entering.has(run)) return;
      const member = await this.patiently(() => this.enterPlaced(run, { fromBeginning: false }), signal);
      entered(member);
      member.start();
    });
  }

  drained(): void {
    for (const member of this.members.values()) if (this.peer.hasRoom(true)) member.resume();
  }

  close(): void {
    for (const controller of this.awaited.values()) controller.abort();
    for (const member of this.members.values()) member[Symbol.dispose]();
    this.members.clear();
  }

  /** What is awaited has its place already. */
  private async enterPlaced(run: string, from: { fromBeginning: boolean }): Promise<Member> {
    const known = this.entering.get(run);
    if (known) return await known;
    const entering = this.open(run, from);
    this.entering.set(run, entering);
    entering.catch(() => this.entering.delete(run));
    return await entering;
  }

  private async open(run: string, from: { fromBeginning: boolean }): Promise<Member> {
    const feed = await this.guard.open(run);
    const member = await Member.enter(feed, this.peer, this.requests, from);
    if (this.peer.isOpen) this.members.set(run, member);
    else member[Symbol.dispose]();
    return member;
  }

  /** Errors: subscription_limit. */
  private makePlace(): void {
    const { roomsMax } = this.pace;
    if (this.entering.size + this.awaited.size < roomsMax) return;
    for (const [run, member] of this.members) {
      if (!member.isOver) continue;
      this.members.delete(run);
      this.entering.delete(run);
      member[Symbol.dispose]();
      return;
    }
    throw new BatonError(
      'subscription_limit',
      `a client may be in the rooms of ${roomsMax} requests that have not ended: connect once more for others`,
    );
  }

  private later(requestId: string, awaiting: AbortController, work: () => Promise<void>): void {
    // Nobody would end the wait of a client that has gone meanwhile.
    if (!this.peer.isOpen || this.awaited.has(requestId)) {
      awaiting.abort();
      return;
    }
    this.makePlace();
    this.awaited.set(requestId, awaiting);
    work()
      .catch((error: unknown) => {
        if (!awaiting.signal.aborted) this.tellFault(error, requestId);
      })
      .finally(() => {
        awaiting.abort();
        this.awaited.delete(requestId);
      });
  }

  /** From now on: look afterwards whether it is there already. */
  private begins(requestId: string, signal: AbortSignal): Promise<string> {
    const begins = this.requests.runs.begun(this.guard, requestId, signal);
    begins.catch(() => undefined);
    return begins;
  }

  private async enterOnceBegun(begins: Promise<string>, signal: AbortSignal): Promise<void> {
    const run = await begins;
    const member = await this.patiently(() => this.enterPlaced(run, { fromBeginning: true }), signal);
    member.start();
  }

  /** Again and again while Temporal is away, until the signal fires. */
  private async patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (!isAway(error)) throw error;
      }
      await setTimeout(this.pace.retryMs, undefined, { signal });
    }
  }
}

/** Whether Temporal does not answer now, which passes. */
export function isAway(error: unknown): boolean {
  return error instanceof BatonError && error.code === 'temporal_down';
}
