/**
 * A client that watches the server log: the latest lines, then each new one. Bare lines, without an envelope. Who comes before
 * the log has been read waits; and gets all lines that were written meanwhile, also where they are more than the latest.
 */
import { crawlLogEntriesOnJoin, crawlLogEntriesWaitedFor, cursorRetryMs } from '../../../protocol/limits.ts';
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
  /** While it had to wait; by the clock of this machine, the lines have the server's. */
  private readonly waitsSince: string | undefined;
  private listening: Disposable | null = null;

  constructor(socket: DialectSocket, parts: { crawlLog: CrawlLog; guard: Guard; log: Log; now: Date }) {
    this.socket = socket;
    this.crawlLog = parts.crawlLog;
    this.guard = parts.guard;
    this.log = parts.log;
    this.waitsSince = this.crawlLog.isRead ? undefined : parts.now.toISOString();
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
      const entries = this.crawlLog.latest({ limit: crawlLogEntriesOnJoin, since: this.waitsSince, sees });
      for (const entry of entries.slice(-crawlLogEntriesWaitedFor)) this.send(entry);
    });
  }

  private send({ timestamp, level, message }: LogEntry): void {
    this.socket.sendJson({ timestamp, level, message });
  }
}
