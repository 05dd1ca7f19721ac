/** Which questions come again when a run goes on from a state. Pure. */
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { isBefore } from './is-before.ts';
import { messagesOf } from './messages-of.ts';

export interface AskedQuestion {
  question: Question;
  /** Which of its step's questions, from 0; of those between steps, which after the point. */
  index: number;
}

/**
 * The newest of each place: a step that was repeated before has asked in each of its calls. Those between steps count
 * from the point, so that only those after it are known.
 */
export function questionsAfter(log: readonly RunEvent[], state: RunState): AskedQuestion[] {
  const counts = new Map<string, number>();
  const asked = new Map<string, AskedQuestion>();
  const messageOf = messagesOf(log);
  const message = messageOf(state.lastSeq);
  for (const { type, step, seq, data } of log) {
    if (messageOf(seq) !== message) continue;
    if (type === 'agent.started' && step !== undefined) counts.delete(step);
    // What goes on from an earlier point asks its own questions between steps anew.
    if (type === 'run.reset' || type === 'run.retried') counts.delete('');
    if (type !== 'question.asked' || (step === undefined ? seq <= state.lastSeq : isBefore(state, step))) continue;
    const index = counts.get(step ?? '') ?? 0;
    counts.set(step ?? '', index + 1);
    asked.set(`${index} ${step ?? ''}`, { question: data['question'] as Question, index });
  }
  return [...asked.values()].toSorted((a, b) => seqOf(a) - seqOf(b));
}

function seqOf({ question }: AskedQuestion): number {
  return Number(question.id.slice('q-'.length));
}
