/** What clients of request-rooms are told; the wire of its contract. Keys stand in the contract's order. */

export type StepStatus = 'pending' | 'running' | 'completed' | 'failed' | 'skipped';
export type RequestStatus =
  | 'unknown'
  | 'pending'
  | 'running'
  | 'waiting_feedback'
  | 'completed'
  | 'failed'
  | 'cancelled';

export interface RoomError {
  code: string;
  message: string;
  /** Where a step was the cause. */
  step?: number;
}

export interface RoomStep {
  id: string;
  order: number;
  action: string;
  status: StepStatus;
  result?: unknown;
  error?: RoomError;
}

interface RequestResult {
  status: 'completed' | 'failed' | 'cancelled';
  answer: string | null;
  steps: { step: number; tool: string; status: StepStatus; result?: unknown; error?: RoomError }[];
  answers: Record<string, unknown>;
  error: RoomError | null;
}

/** Of a run: to everybody in its room, numbered by `seq` from 1 without holes. */
export type RoomMessage = { seq: number } & RoomMessageBody;

export type RoomMessageBody =
  | {
      type: 'progress';
      agent: string;
      step: number;
      status: 'running' | 'completed' | 'failed';
      requestId: string;
      data: Record<string, unknown>;
    }
  | { type: 'agent.completed'; agent: string; requestId: string; data: Record<string, unknown> }
  | {
      type: 'question';
      agent: string;
      requestId: string;
      questionId: string;
      question: string;
      options: unknown[];
      timeoutSeconds: number | null;
    }
  | { type: 'error'; agent: string; message: string; step?: number; code: string; requestId: string }
  | { type: 'request.completed'; requestId: string; result: RequestResult };

export interface StateMessage {
  type: 'state';
  requestId: string;
  status: RequestStatus;
  plan: { steps: RoomStep[] };
  currentStep: number | null;
  agents: Record<string, string>;
  question: { questionId: string; question: string; options: unknown[]; timeoutSeconds: number | null } | null;
  result: RequestResult | null;
  error: RoomError | null;
  /** Of the last message that it includes. */
  seq: number;
}

/** To one client alone. */
export type OwnMessage =
  | StateMessage
  | { type: 'connected'; requestId: string | null }
  | { type: 'error'; agent: 'gateway'; message: string; code: string; requestId?: string };

export type ServerMessage = RoomMessage | OwnMessage;
