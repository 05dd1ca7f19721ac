/** A client that watches the knowledge list: the whole list at once and after each change. */
import { hash } from 'node:crypto';
import { knowledgeItemsShown } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { SocketHandler } from '../dialect.ts';
import { listOfItems } from './knowledge-items.ts';
import { pingFrame } from './translation.ts';

export class KnowledgeSocket implements SocketHandler {
  private readonly socket: DialectSocket;
  private readonly guard: Guard;
  private readonly watching: Disposable;
  private isBehind = false;
  private lastHash = '';

  constructor(socket: DialectSocket, { guard, pingMs }: { guard: Guard; pingMs: number }) {
    this.socket = socket;
    this.guard = guard;
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
    const data = listOfItems(this.guard.knowledgeSources(), knowledgeItemsShown);
    const frame = JSON.stringify({ type: 'knowledge_items_update', data });
    // What others store changes nothing here.
    const frameHash = hash('sha1', frame);
    if (frameHash === this.lastHash) return;
    this.lastHash = frameHash;
    this.socket.send(frame);
  }
}
