/**
 * The open questions of an execution, and the rules of who may answer. Pure: the supervisor writes the events that
 * come out of it. The schema of an answer is the gateway's to check, before the signal.
 *
 *   ask ──▶ open ──answer (have < need)──▶ open
 *             ├──answer (have = need)────▶ answered
 *             ├──time is up──────────────▶ expired   (fail, default) or open for another role (escalate)
 *             └──the step ended──────────▶ withdrawn
 */
import { actorOf, type Actor, type AnswerSignal, type Principal } from '../../protocol/execution.ts';
import { isTooDeep } from '../../protocol/is-too-deep.ts';
import { answerBytes, runNameCharacters } from '../../protocol/limits.ts';
import { isOversize } from '../../protocol/cut-data.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import type { Question, QuestionDraft } from '../../protocol/schemas/question.ts';

interface OpenQuestion {
  question: Question;
  given: { by: Principal; answer: unknown; requestId: string }[];
}

type Refusal = {
  code: 'question_not_found' | 'question_closed' | 'forbidden' | 'answered_already' | 'too_large' | 'malformed';
  message: string;
};

export class QuestionDesk {
  private readonly known = new Map<string, OpenQuestion>();
  /** Requests whose outcome stands in the log: a signal that was sent twice is taken once. */
  private readonly seen = new Set<string>();

  open(question: Question): void {
    this.known.set(question.id, { question, given: [] });
  }

  isOpen(id: string): boolean {
    return this.known.get(id)?.question.status === 'open';
  }

  answers(id: string): { by: string; answer: unknown }[] {
    return (this.known.get(id)?.given ?? []).map(({ by, answer }) => ({ by: by.name, answer }));
  }

  close(id: string, status: 'answered' | 'expired' | 'withdrawn'): void {
    const known = this.known.get(id);
    if (known) known.question.status = status;
  }

  escalate(id: string, role: string): void {
    const known = this.known.get(id);
    if (known) known.question.audience = { roles: [role] };
  }

  /** Takes an answer, or refuses it; null where the same request has been seen before. `at` is the workflow's time. */
  take(signal: unknown, at: string): EventDraft | null {
    if (!isAnswerSignal(signal)) {
      const refusal: Refusal = {
        code: 'malformed',
        message: 'the signal is not {question, answer, by, at, requestId}',
      };
      return {
        type: 'question.answer_refused',
        at,
        data: { question: null, by: 'unknown', ...refusal, requestId: null },
      };
    }
    if (this.seen.has(signal.requestId)) return null;
    this.seen.add(signal.requestId);
    const known = this.known.get(signal.question);
    const { question: id, by, requestId, onBehalfOf } = signal;
    const actor: Actor & { onBehalfOf?: string } = {
      ...actorOf(by),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    };
    const place = known ? placeOf(known.question) : {};
    const refusal = refuse(known, signal);
    if (refusal !== null || known === undefined) {
      return {
        type: 'question.answer_refused',
        at,
        ...place,
        data: { question: id, ...actor, ...refusal, requestId },
      };
    }
    known.given.push({ by: whoseAnswer(signal), answer: signal.answer, requestId });
    const have = known.given.length;
    const need = known.question.answersNeeded;
    if (have >= need) known.question.status = 'answered';
    return {
      type: 'question.answered',
      at,
      ...place,
      data: { question: id, ...actor, answer: signal.answer, have, need, requestId },
    };
  }
}

/** The record of a question as it goes into the log. `seq` is that of its event, and makes the id unique for ever. */
export function questionRecord(
  draft: QuestionDraft,
  place: { run: string; seq: number; at: string; agent?: string; step?: string },
): Question {
  const { run, seq, at, agent, step } = place;
  return {
    id: `q-${seq}`,
    run,
    ...(agent === undefined ? {} : { agent }),
    ...(step === undefined ? {} : { step }),
    kind: draft.kind,
    message: draft.message,
    context: draft.context ?? null,
    answerSchema: draft.answerSchema,
    ...(draft.choices === undefined ? {} : { choices: draft.choices }),
    audience: draft.audience ?? {},
    answersNeeded: draft.answersNeeded ?? 1,
    onTimeout: draft.onTimeout ?? { then: 'fail' },
    askedAt: at,
    ...(draft.timeoutMs === undefined ? {} : { expiresAt: new Date(Date.parse(at) + draft.timeoutMs).toISOString() }),
    status: 'open',
    answers: [],
  };
}

function refuse(known: OpenQuestion | undefined, signal: AnswerSignal): Refusal | null {
  if (!known)
    return { code: 'question_not_found', message: `there is no question ${signal.question} in this part of the run` };
  const { question, given } = known;
  if (question.status !== 'open')
    return { code: 'question_closed', message: `question ${question.id} is ${question.status}` };
  if (!mayAnswer(question, signal.by) || (signal.onBehalfOf !== undefined && !signal.by.roles.includes('ops'))) {
    return { code: 'forbidden', message: `question ${question.id} is not addressed to ${signal.by.name}` };
  }
  const whose = whoseAnswer(signal);
  if (whose.authenticated && given.some(({ by }) => by.name === whose.name)) {
    return { code: 'answered_already', message: `${whose.name} has answered question ${question.id} already` };
  }
  if (isTooDeep(signal.answer) || isOversize(JSON.stringify(signal.answer) ?? '', answerBytes)) {
    return { code: 'too_large', message: `an answer is at most ${answerBytes} bytes; larger ones go by reference` };
  }
  return null;
}

/** Each person counts once, also where somebody else answers for them. */
function whoseAnswer({ by, onBehalfOf }: AnswerSignal): Principal {
  return onBehalfOf === undefined ? by : { ...by, name: onBehalfOf, authenticated: true };
}

export function mayAnswer(question: Question, by: Principal): boolean {
  const { roles = [], names = [] } = question.audience;
  if (!by.authenticated || by.roles.includes('ops') || (roles.length === 0 && names.length === 0)) return true;
  return names.includes(by.name) || roles.some((role) => by.roles.includes(role));
}

function placeOf(question: Question): { agent?: string; step?: string } {
  return {
    ...(question.agent === undefined ? {} : { agent: question.agent }),
    ...(question.step === undefined ? {} : { step: question.step }),
  };
}

function isAnswerSignal(value: unknown): value is AnswerSignal {
  const signal = value as Partial<AnswerSignal> | null;
  return (
    typeof signal === 'object' &&
    signal !== null &&
    isName(signal.question) &&
    isName(signal.requestId) &&
    typeof signal.by === 'object' &&
    signal.by !== null &&
    isName(signal.by.name) &&
    (signal.onBehalfOf === undefined || isName(signal.onBehalfOf)) &&
    Array.isArray(signal.by.roles)
  );
}

/** The event of an answer repeats these several times. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= runNameCharacters;
}
