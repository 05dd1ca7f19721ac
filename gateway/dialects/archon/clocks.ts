import { crawlCloseMs, crawlPingMs, crawlRecordKeptMs, crawlWaitMs } from '../../../protocol/limits.ts';

/** The contract's times, in milliseconds. */
export interface Clocks {
  pingMs: number;
  /** Between the last frame and the close. */
  closeMs: number;
  /** How long a socket waits for its crawl. */
  waitMs: number;
  /** How long a record is shown after the end. */
  keptMs: number;
}

export const contractClocks: Clocks = {
  pingMs: crawlPingMs,
  closeMs: crawlCloseMs,
  waitMs: crawlWaitMs,
  keptMs: crawlRecordKeptMs,
};
