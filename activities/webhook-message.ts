import type { RunEvent } from '../protocol/schemas/event.ts';

/** What a webhook gets of an event, as docs/ops.md has it. The id is the same however often it is posted. */
export function webhookMessage(
  { run, blueprint, owner, event }: { run: string; blueprint: string; owner: string | null; event: RunEvent },
  publicUrl: string,
): { id: string; body: string } {
  const link = `${publicUrl}/v1/runs/${encodeURIComponent(run)}`;
  const question = event.type === 'question.asked' ? questionId(event) : null;
  const data = {
    run,
    blueprint,
    owner,
    seq: event.seq,
    link,
    ...(question === null ? {} : { answerLink: `${link}/questions/${encodeURIComponent(question)}/answer` }),
    event,
  };
  return { id: `${run}:${event.seq}`, body: JSON.stringify({ type: event.type, timestamp: event.at, data }) };
}

function questionId({ data }: RunEvent): string | null {
  const { id } = (data['question'] ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
