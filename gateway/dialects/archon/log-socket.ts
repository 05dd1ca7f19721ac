/**
 * A client that watches the server log: the latest lines, then each new one. Bare lines, without an envelope. Until the log
 * has been read it waits; then it is sent all lines from since it came, also where they are more than the latest 50.
 */
import { crawlLogEntriesOnJoin, cursorRetryMs } from '../../../protocol/limits.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../../auth/guard.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import type { SocketHandler } from '../dialect.ts';
import type { CrawlLog } from './crawl-log.ts';
import type { LogEntry } from './log-ring.ts';

export class LogSocket implements SocketHandler {
  private readonly socket: DialectSocket;
  private readonly crawlLog: CrawlLog;
  private readonly guard: Guard;
  private readonly log: Log;
  private readonly holding: Disposable;
  private readonly openedAt = new Date().toISOString();
  private listening: Disposable | null = null;

  constructor(socket: DialectSocket, parts: { crawlLog: CrawlLog; guard: Guard; log: Log }) {
    this.socket = socket;
    this.crawlLog = parts.crawlLog;
    this.guard = parts.guard;
    this.log = parts.log;
    this.holding = this.crawlLog.hold();
    void this.begin();
  }

  message(): void {
    // The contract: client frames are ignored.
  }

  drained(): void {
    // Nothing waits here: who does not keep up is closed by the socket.
  }

  closed(): void {
    this.listening?.[Symbol.dispose]();
    this.holding[Symbol.dispose]();
  }

  private async begin(): Promise<void> {
    while (this.socket.isOpen && this.listening === null) {
      try {
        await this.crawlLog.ready();
        if (this.socket.isOpen) this.join();
      } catch (error) {
        this.log.debug({ err: error }, 'the log of the crawls could not be read, it will be tried again');
        await new Promise<void>((resolve) => this.socket.after(cursorRetryMs, resolve));
      }
    }
  }

  private join(): void {
    const sees = (owner: string | null) => this.guard.sees(owner);
    this.listening = this.crawlLog.listen((entry) => {
      if (sees(entry.owner)) this.send(entry);
    });
    this.socket.cork(() => {
      const entries = this.crawlLog.latest({ limit: crawlLogEntriesOnJoin, since: this.openedAt, sees });
      for (const entry of entries) this.send(entry);
    });
  }

  private send({ timestamp, level, message }: LogEntry): void {
    this.socket.sendJson({ timestamp, level, message });
  }
}
