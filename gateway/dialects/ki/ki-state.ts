/** What the log has told of a session so far. Never changed in place. */
import type { Fault, HitlRequest, KiMessage, RunEnd } from './message.ts';

export const supervisorNode = 'supervisor';

export interface KiState {
  session: string;
  /** The number of the last frame that has one. */
  seq: number;
  /** The log's seq at which the newest run of the session began. */
  beganAt: number;
  status: 'idle' | 'running' | 'waiting_hitl' | RunEnd;
  iteration: number;
  /** Where the run is: the node that the last jump led to. */
  node: string;
  workspacePath: string | null;
  /** Agents at work, the innermost last. */
  open: readonly OpenAgent[];
  /** The agent that is about to be called by another one. */
  delegatedTo: string | null;
  pending: readonly Pending[];
  /** Questions so far: their ids on the wire are counted. */
  asked: number;
  /** Takes no number of its own, and is told with the next one. */
  waiting: readonly KiMessage[];
  result: Record<string, unknown> | null;
  error: Fault | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface OpenAgent {
  agent: string;
  step: string;
  progress: number;
  startedAt: string;
  /** When its bar was last told, by the server's clock. */
  toldAt: string;
  isDelegated: boolean;
  /** Questions to the research agent so far. */
  requests: number;
}

export interface Pending extends HitlRequest {
  /** As the engine knows it. */
  question: string;
  timestamp: string;
}

export function initialState(session: string): KiState {
  return {
    session,
    seq: 0,
    beganAt: 1,
    status: 'idle',
    iteration: 0,
    node: supervisorNode,
    workspacePath: null,
    open: [],
    delegatedTo: null,
    pending: [],
    asked: 0,
    waiting: [],
    result: null,
    error: null,
    startedAt: null,
    finishedAt: null,
  };
}

export function isEnded({ status }: KiState): boolean {
  return status !== 'idle' && status !== 'running' && status !== 'waiting_hitl';
}
