/** What ki-autoagent's clients are told: the contract's messages, and their bytes. */
import { withDecimalPoint } from '../../../protocol/decimal-point.ts';

/** The seven types that take a `seq`. */
export type EventMessage = {
  session_id: string;
  seq: number;
  timestamp: string;
} & (
  | { type: 'supervisor_decision'; decision: string; reason: string; iteration: number }
  | {
      type: 'command_routing';
      from_node: string;
      to_node: string;
      command: { goto: string; update: { last_agent: string; iteration: number } };
    }
  | { type: 'agent_start'; agent: string; agent_name: string; instructions: string }
  | { type: 'mcp_progress'; server: string; message: string; progress: number }
  | {
      type: 'agent_complete';
      agent: string;
      agent_name: string;
      result_summary: string;
      result_size: string;
      duration_ms: number;
      status: 'ok' | 'failed';
      error?: string;
    }
  | { type: 'research_request'; agent: string; query: string }
  | ({ type: 'hitl_request' } & HitlRequest)
);

export interface HitlRequest {
  request_type: string;
  message: string;
  context: unknown;
  timeout_seconds: number;
  request_id: string;
}

export type Decision = 'approve' | 'reject' | 'revise';

export interface Fault {
  code: string;
  message: string;
}

export type RunEnd = 'completed' | 'rejected' | 'timed_out' | 'cancelled' | 'failed';

export type KiMessage =
  | EventMessage
  /** The short copy of an `mcp_progress`. */
  | { type: 'progress'; server: string; message: string; progress: number }
  | { type: 'hitl_resolved'; request_id: string; decision: Decision; by: 'client' | 'timeout'; session_id: string }
  | {
      type: 'workflow_complete';
      session_id: string;
      status: RunEnd;
      result: Record<string, unknown> | null;
      error: Fault | null;
      timestamp: string;
    }
  /** Streamed text of a model, as it comes; it is not replayed. */
  | { type: 'agent_text'; agent: string; text: string; session_id: string };

/** Progress always has a decimal point: clients with a float type take an integer for a fault. */
export function encodeMessage(message: KiMessage): string {
  if (message.type !== 'mcp_progress' && message.type !== 'progress') return JSON.stringify(message);
  const { type, server, message: text, progress, ...rest } = message;
  const head = JSON.stringify({ type, server, message: text }).slice(0, -1);
  const tail = Object.keys(rest).length === 0 ? '}' : `,${JSON.stringify(rest).slice(1)}`;
  return `${head},"progress":${withDecimalPoint(progress)}${tail}`;
}

/** Whether a frame takes a number. */
export function isNumbered(message: KiMessage): message is EventMessage {
  return 'seq' in message;
}

/** UTF-8 bytes as people read them. */
export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const kilobytes = (bytes / 1_024).toFixed(1);
  return Number(kilobytes) < 1_024 ? `${kilobytes} KB` : `${(bytes / 1_024 ** 2).toFixed(1)} MB`;
}
