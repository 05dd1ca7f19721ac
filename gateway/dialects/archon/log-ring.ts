/** The last lines of all crawls, oldest first, whatever the order in which they come to be known. */
import type { LogLine } from './log-translation.ts';

export interface LogEntry extends LogLine {
  /** Of the crawl; null without authentication. */
  owner: string | null;
}

export interface LatestEntries {
  limit: number;
  /** ISO 8601, UTC, with milliseconds: all from then on are given, also beyond the limit. */
  since?: string | undefined;
  /** Whether those of an owner may be seen. */
  sees: (owner: string | null) => boolean;
}

export class LogRing {
  private readonly entries: LogEntry[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get isFull(): boolean {
    return this.entries.length >= this.most;
  }

  /** The time of the oldest line; empty where there is none. */
  get since(): string {
    return this.entries[0]?.timestamp ?? '';
  }

  /** Lines of one time keep the order in which they were added. */
  add(entry: LogEntry): void {
    let at = this.entries.length;
    while (at > 0 && (this.entries[at - 1]?.timestamp ?? '') > entry.timestamp) at--;
    this.entries.splice(at, 0, entry);
    if (this.entries.length > this.most) this.entries.shift();
  }

  /** Oldest first. */
  latest({ limit, since, sees }: LatestEntries): LogEntry[] {
    const seen: LogEntry[] = [];
    for (const entry of this.entries.toReversed()) {
      if (seen.length >= limit && (since === undefined || entry.timestamp < since)) break;
      if (sees(entry.owner)) seen.push(entry);
    }
    return seen.toReversed();
  }
}
