/** What is known of a request: the fold behind its messages. Never changed in place. */
import type { RequestStatus, RoomError, RoomStep, StateMessage } from './message.ts';

export interface RoomState {
  requestId: string;
  /** Messages told so far. */
  seq: number;
  /** Of the last event that was folded. */
  eventSeq: number;
  status: RequestStatus;
  steps: readonly RoomStep[];
  agents: Readonly<Record<string, string>>;
  /** The run's names of its questions, in order: the first is `q-1` here. */
  questions: readonly string[];
  question: StateMessage['question'];
  answers: Readonly<Record<string, unknown>>;
  answer: string | null;
  result: StateMessage['result'];
  error: RoomError | null;
}

export function unknownRequest(requestId: string): RoomState {
  return {
    requestId,
    seq: 0,
    eventSeq: 0,
    status: 'unknown',
    steps: [],
    agents: {},
    questions: [],
    question: null,
    answers: {},
    answer: null,
    result: null,
    error: null,
  };
}

export function stateMessage(state: RoomState): StateMessage {
  const { requestId, status, steps, agents, question, result, error, seq } = state;
  const currentStep = steps.find((step) => step.status === 'running')?.order ?? null;
  return {
    type: 'state',
    requestId,
    status,
    plan: { steps: [...steps] },
    currentStep,
    agents: { ...agents },
    question,
    result,
    error,
    seq,
  };
}
