/** What people are asked, and what becomes of it. */
import { kiApprovalSecondsDefault } from '../../../protocol/limits.ts';
import type { Decision } from './message.ts';
import { recordOf, textOf, type Fold, type Telling } from './telling.ts';

export const questionFolds: Readonly<Record<string, Fold>> = {
  'question.asked': (telling, { at, data }) => {
    const question = recordOf(data['question']);
    const asked = telling.state.asked + 1;
    const request = {
      request_type: textOf(question['kind'], 'question'),
      message: textOf(question['message'], 'A person is needed'),
      context: question['context'] ?? {},
      timeout_seconds: secondsOf(question),
      request_id: `hitl-${asked}`,
    };
    const pending = { ...request, question: textOf(question['id'], ''), timestamp: at };
    telling.set({ asked, pending: [...telling.state.pending, pending], status: 'waiting_hitl' });
    telling.tell({ type: 'hitl_request', ...request });
  },

  'question.answered': (telling, { data }) => {
    if (Number(data['have']) < Number(data['need'])) return;
    resolve(telling, data['question'], decisionOf(data['answer'], 'approve'), 'client');
  },

  'question.expired': (telling, { data }) => {
    if (data['then'] === 'escalate') return;
    resolve(telling, data['question'], decisionOf(data['answer'], 'reject'), 'timeout');
  },
};

function resolve(telling: Telling, question: unknown, decision: Decision, by: 'client' | 'timeout'): void {
  const { pending, session } = telling.state;
  const known = pending.find((each) => each.question === question);
  if (!known) return;
  const left = pending.filter((each) => each !== known);
  telling.set({ pending: left, status: left.length === 0 ? 'running' : 'waiting_hitl' });
  const { request_id } = known;
  telling.tellWithNext({ type: 'hitl_resolved', request_id, decision, by, session_id: session });
}

function decisionOf(answer: unknown, otherwise: Decision): Decision {
  const { decision } = recordOf(answer);
  return decision === 'approve' || decision === 'reject' || decision === 'revise' ? decision : otherwise;
}

function secondsOf({ askedAt, expiresAt }: Record<string, unknown>): number {
  const ms = Date.parse(String(expiresAt)) - Date.parse(String(askedAt));
  return Number.isNaN(ms) ? kiApprovalSecondsDefault : Math.max(1, Math.round(ms / 1_000));
}
