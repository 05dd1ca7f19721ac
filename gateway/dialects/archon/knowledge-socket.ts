/** A client that watches the knowledge list: the whole list at once and after each change. */
import { hash } from 'node:crypto';
import { closeCodes } from '../../../protocol/errors.ts';
import { knowledgeItemsShown } from '../../../protocol/limits.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { SocketHandler } from '../dialect.ts';
import { listOfItems } from './knowledge-items.ts';
import { pingFrame } from './translation.ts';

export class KnowledgeSocket implements SocketHandler {
  private readonly socket: DialectSocket;
  private readonly guard: Guard;
  private readonly log: Log;
  private readonly watching: Disposable;
  private isBehind = false;
  private lastHash = '';

  constructor(socket: DialectSocket, { guard, log, pingMs }: { guard: Guard; log: Log; pingMs: number }) {
    this.socket = socket;
    this.guard = guard;
    this.log = log;
    this.watching = guard.watchKnowledge(() => this.changed());
    socket.every(pingMs, () => socket.send(pingFrame));
    this.changed();
  }

  message(): void {
    // Nothing can be asked here.
  }

  drained(): void {
    if (this.isBehind) this.changed();
  }

  closed(): void {
    this.watching[Symbol.dispose]();
  }

  /** A client that is behind gets the newest list when it has read, and none in between. */
  private changed(): void {
    this.isBehind = !this.socket.hasRoom(false);
    if (this.isBehind) return;
    const data = this.list();
    if (data === null) return;
    const frame = JSON.stringify({ type: 'knowledge_items_update', data });
    // What others store changes nothing here.
    const frameHash = hash('sha1', frame);
    if (frameHash === this.lastHash) return;
    this.lastHash = frameHash;
    this.socket.send(frame);
  }

  /** Null where it cannot be read: the client is sent away, and comes back after 5 s as it does after any code but 1000. */
  private list(): ReturnType<typeof listOfItems> | null {
    try {
      return listOfItems(this.guard.knowledgeSources(), knowledgeItemsShown);
    } catch (error) {
      this.log.error({ err: error }, 'the knowledge list could not be read: its socket is closed');
      // The first list is read before anybody else knows this watcher.
      this.closed();
      this.socket.close(closeCodes.internal, 'the knowledge list cannot be read now');
      return null;
    }
  }
}
