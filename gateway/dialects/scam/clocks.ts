import {
  scamHeartbeatMs,
  scamHistoryMs,
  scamHistoryRecords,
  scamIdleMs,
  scamRetryMs,
  scamUnreachableMs,
} from '../../../protocol/limits.ts';

/** The contract's figures. Tests run the same code with shorter ones. */
export const contractClocks = {
  heartbeatMs: scamHeartbeatMs,
  idleMs: scamIdleMs,
  unreachableMs: scamUnreachableMs,
  retryMs: scamRetryMs,
  historyMs: scamHistoryMs,
  historyRecords: scamHistoryRecords,
};
export type Clocks = typeof contractClocks;
