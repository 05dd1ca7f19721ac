import type { RunEvent } from '../../protocol/schemas/event.ts';

/**
 * Which message of its session an event works on: by seq, the seq with which that message began. A run that is reset into
 * an earlier message works on that one again. What is before the log that is there belongs to the first message in it.
 */
export function messagesOf(log: readonly RunEvent[]): (seq: number) => number {
  const [first] = log;
  const messages: number[] = [];
  const messageOfStep = new Map<string, number>();
  let message = first?.seq ?? 0;
  for (const { seq, type, step, data } of log) {
    if (isMessage(type)) message = seq;
    if (type === 'run.reset') message = messageOfStep.get(String(data['toStep'])) ?? message;
    if (type === 'agent.started' && step !== undefined) messageOfStep.set(step, message);
    messages.push(message);
  }
  return (seq) => messages[Math.max(0, Math.min(seq - (first?.seq ?? 0), messages.length - 1))] ?? 0;
}

export function isMessage(type: string | undefined): boolean {
  return type === 'run.started' || type === 'run.continued';
}
