/**
 * The log, folded to steps: pure. Step names come again after a reset, so a step is known by the seq of its start; at
 * most one of a name is open.
 */
import { timelineMarksShown, timelineQuestionsShown } from '../../protocol/limits.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { StepQuestion, TimelineMark, TimelineStep } from '../../protocol/schemas/timeline.ts';
import {
  attemptOf,
  beginWait,
  briefValue,
  closeWait,
  endWait,
  errorOf,
  newStep,
  shortText,
  type CallFacts,
  type StepRecord,
  type Usage,
} from './step-record.ts';

/** Tokens of the supervisor's own decisions, by model. */
export type ModelUsage = Map<string, Usage>;

export class TimelineFold {
  /** In the order of their start. */
  readonly steps: StepRecord[] = [];
  readonly marks: TimelineMark[] = [];
  readonly decided: ModelUsage = new Map();
  /** Questions that no step has asked. */
  readonly ownQuestions: StepQuestion[] = [];
  private readonly open = new Map<string, StepRecord>();
  private readonly newest = new Map<string, StepRecord>();
  private decision: TimelineStep['decision'] = null;
  /** Delegations that have been routed and not begun: agent → the step that waits. */
  private routed: { agent: string; by: string } | null = null;

  /** One that goes on from here by itself. */
  copy(): TimelineFold {
    // All at once: a step that stands in several places is one there, too.
    return Object.assign(new TimelineFold(), structuredClone(this));
  }

  take(event: RunEvent): void {
    if (Object.hasOwn(folds, event.type)) folds[event.type]?.(this, event);
    if (event.type.startsWith('run.') || event.type.startsWith('step.')) this.mark(event);
  }

  /** An activity of a step, in the order of the history. */
  addCall(call: CallFacts): void {
    this.newest.get(call.step)?.calls.push(call);
  }

  get openQuestions(): StepQuestion[] {
    return [...this.steps.flatMap(({ questions }) => questions), ...this.ownQuestions].filter(
      ({ status }) => status === 'open',
    );
  }

  decide({ seq, at, data }: RunEvent): void {
    const model = typeof data['model'] === 'string' ? data['model'] : null;
    this.decision = {
      seq,
      at,
      iteration: Number(data['iteration']) || 0,
      reason: shortText(data['reason']) ?? '',
      model,
    };
    if (model !== null) this.addDecided(model, data['usage']);
  }

  addDecided(model: string, usage: unknown): void {
    const known = this.decided.get(model) ?? { inputTokens: 0, outputTokens: 0 };
    this.decided.set(model, plus(known, usage));
  }

  start(event: RunEvent): void {
    if (event.agent === undefined || event.step === undefined) return;
    const { routed } = this;
    const isDelegated = routed !== null && routed.agent === event.agent;
    this.routed = null;
    const record = newStep(
      event,
      isDelegated ? { decision: null, delegatedBy: routed.by } : { decision: this.decision, delegatedBy: null },
    );
    this.steps.push(record);
    this.open.set(event.step, record);
    this.newest.set(event.step, record);
  }

  route(by: string, agent: string): void {
    this.routed = { agent, by };
  }

  at(step: string | undefined): StepRecord | undefined {
    return step === undefined ? undefined : this.open.get(step);
  }

  close(record: StepRecord, at: string, status: 'completed' | 'failed' | 'abandoned'): void {
    record.status = status;
    record.endedAt = at;
    for (const wait of record.waits) if (wait.to === null) closeWait(wait, at);
    for (const question of record.questions) withdraw(question, at);
    this.open.delete(record.step);
  }

  /** The run ends, or goes on from elsewhere: nothing that was open goes on. */
  abandon(at: string): void {
    for (const record of this.open.values()) this.close(record, at, 'abandoned');
    for (const question of this.ownQuestions) withdraw(question, at);
  }

  question(id: unknown, step: string | undefined): { question: StepQuestion; record: StepRecord | undefined } | null {
    const record = this.at(step);
    const question = (record?.questions ?? this.ownQuestions).find((known) => known.id === id);
    return question === undefined ? null : { question, record };
  }

  mark({ seq, at, type, step, data }: RunEvent, text?: string): void {
    const { by } = (type === 'run.started' ? (data['startedBy'] as Record<string, unknown> | undefined) : data) ?? {};
    const said = text ?? data['reason'] ?? (data['error'] as { message?: unknown } | undefined)?.message;
    const about = step ?? data['toStep'];
    this.marks.push({
      seq,
      at,
      type,
      by: shortText(by),
      via: shortText(data['via']),
      step: shortText(about),
      text: shortText(said),
    });
    if (this.marks.length > 2 * timelineMarksShown) this.marks.splice(0, timelineMarksShown);
  }
}

type Fold = (fold: TimelineFold, event: RunEvent) => void;

const abandoning: Fold = (fold, { at }) => fold.abandon(at);

const folds: Readonly<Record<string, Fold | undefined>> = {
  'supervisor.decided': (fold, event) => {
    fold.decide(event);
    if (event.data['goto'] === 'end') fold.mark(event);
  },
  'supervisor.decision_failed': (fold, event) => {
    const { model, usage } = event.data;
    if (typeof model === 'string') fold.addDecided(model, usage);
    fold.mark(event);
  },
  'supervisor.routed': (fold, { at, step, data }) => {
    const record = fold.at(step);
    if (!record) return;
    const isForth = 'instructions' in data;
    if (isForth) {
      record.status = 'delegating';
      beginWait(record, 'delegation', at, String(data['to']));
      fold.route(record.step, String(data['to']));
    } else {
      record.status = 'running';
      endWait(record, 'delegation', at);
    }
  },
  'agent.started': (fold, event) => fold.start(event),
  'agent.progressed': (fold, event) => {
    const record = fold.at(event.step);
    if (!record) return;
    record.progress = Math.max(record.progress, Math.min(1, Number(event.data['fraction']) || 0));
    record.message = shortText(event.data['message']) ?? record.message;
    see(record, event);
  },
  'agent.emitted': (fold, event) => {
    const record = fold.at(event.step);
    if (!record) return;
    record.emitted++;
    see(record, event);
  },
  'agent.attempt_failed': (fold, event) => {
    const record = fold.at(event.step);
    if (!record) return;
    const attempt = attemptOf(record, event.attempt ?? 1);
    attempt.failedAt = event.at;
    attempt.error = errorOf(event.data);
    record.message = attempt.error.message;
  },
  'agent.completed': (fold, event) => {
    const record = finish(fold, event, 'completed');
    if (!record) return;
    record.result = briefValue(event.seq, event.data, 'result');
    record.update = 'update' in event.data ? briefValue(event.seq, event.data, 'update') : null;
  },
  'agent.failed': (fold, event) => {
    const record = finish(fold, event, 'failed');
    if (record) record.error = errorOf(event.data['error']);
  },
  'question.asked': (fold, { at, step, data }) => {
    const question = data['question'] as Question | undefined;
    if (typeof question?.id !== 'string') return;
    const record = fold.at(step);
    const asked: StepQuestion = {
      id: question.id,
      kind: question.kind,
      message: shortText(question.message) ?? '',
      askedAt: at,
      closedAt: null,
      status: 'open',
      answers: [],
    };
    const questions = record?.questions ?? fold.ownQuestions;
    questions.push(asked);
    if (questions.length > timelineQuestionsShown) questions.shift();
    if (!record) return;
    record.status = 'asking';
    beginWait(record, 'person', at, question.id);
  },
  'question.answered': (fold, { seq, at, step, data }) => {
    const found = fold.question(data['question'], step);
    if (!found) return;
    const { question } = found;
    const { onBehalfOf } = data;
    question.answers.push({
      by: String(data['by']),
      ...(typeof onBehalfOf === 'string' ? { onBehalfOf } : {}),
      answer: briefValue(seq, data, 'answer'),
      at,
    });
    if (Number(data['have']) >= Number(data['need'])) closeQuestion(found, 'answered', at);
  },
  'question.expired': (fold, { at, step, data }) => {
    if (data['then'] === 'escalate') return;
    const found = fold.question(data['question'], step);
    if (found) closeQuestion(found, 'expired', at);
  },
  'step.paused': (fold, { at, step }) => {
    const record = fold.at(step);
    if (!record) return;
    record.status = 'paused';
    beginWait(record, 'paused', at);
  },
  'step.unpaused': unpause,
  'step.retried': unpause,
  'run.reset': abandoning,
  'run.retried': abandoning,
  'run.continued': abandoning,
  'run.completed': abandoning,
  'run.failed': abandoning,
  'run.cancelled': abandoning,
  'run.terminated': abandoning,
  'run.timed_out': abandoning,
};

function unpause(fold: TimelineFold, { at, step }: RunEvent): void {
  const record = fold.at(step);
  if (!record) return;
  if (record.status === 'paused') record.status = 'running';
  endWait(record, 'paused', at);
}

/** The kernel writes the first and the last progress itself: at the moment of the start, and of the end. */
function see(record: StepRecord, { at, attempt = 1, type, data }: RunEvent): void {
  const isOfKernel = type === 'agent.progressed' && (at === record.startedAt || data['fraction'] === 1);
  const seen = attemptOf(record, attempt);
  if (!isOfKernel) seen.seenAt ??= at;
}

function finish(fold: TimelineFold, event: RunEvent, status: 'completed' | 'failed'): StepRecord | undefined {
  const record = fold.at(event.step);
  if (!record) return undefined;
  record.lastAttempt = event.attempt ?? 1;
  attemptOf(record, record.lastAttempt);
  record.usage = plus(record.usage, event.data['usage']);
  fold.close(record, event.at, status);
  return record;
}

function closeQuestion(
  { question, record }: { question: StepQuestion; record: StepRecord | undefined },
  status: 'answered' | 'expired',
  at: string,
): void {
  question.status = status;
  question.closedAt = at;
  if (!record) return;
  if (record.status === 'asking') record.status = 'running';
  endWait(record, 'person', at, question.id);
}

function withdraw(question: StepQuestion, at: string): void {
  if (question.status !== 'open') return;
  question.status = 'withdrawn';
  question.closedAt = at;
}

function plus(usage: Usage, more: unknown): Usage {
  const { inputTokens, outputTokens } = (typeof more === 'object' && more !== null ? more : {}) as Partial<Usage>;
  return {
    inputTokens: usage.inputTokens + (Number(inputTokens) || 0),
    outputTokens: usage.outputTokens + (Number(outputTokens) || 0),
  };
}
