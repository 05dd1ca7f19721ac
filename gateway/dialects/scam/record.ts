/** The frames of the contract: one shape for all but heartbeats, so that a client decodes each with one struct. */
import type { AnalysisResult, ScamStep } from '../../../agents/scam-analysis/contract.ts';

export interface ScamRecord {
  step: ScamStep | 'connected';
  tool: string | null;
  message: string;
  /** 0 to 100, an integer. */
  percent: number;
  /** UTC, milliseconds, `Z`. */
  timestamp: string;
  error: boolean;
  /** With `completed` of a check that was made here. */
  result?: AnalysisResult;
}

export function connectedFrame(task: string, at: string): object {
  const record = { step: 'connected', tool: null, message: `Watching task ${task}`, percent: 0, timestamp: at };
  return { ...record, error: false, task_id: task, connected: true };
}

/** What a socket is told that cannot be served; the task, if there is one, goes on. */
export function faultFrame(message: string, at: string): ScamRecord {
  return { step: 'failed', tool: null, message, percent: 0, timestamp: at, error: true };
}

export function heartbeatFrame(at: string): object {
  return { heartbeat: true, timestamp: at };
}
