/**
 * The run's log as its workflow writes it. Replayed: no I/O, no clock, no randomness.
 *
 *   handlers ── push ──▶ outbox ◀── append ── main loop
 *                          │ flush (from a condition, and before every end)
 *                          ▼
 *              memo {batch: {first, events}, face}
 *
 * Nothing has a seq until it is flushed, because all signals of an activation stand in the history before the memo that
 * the activation writes. The main loop only runs in microtasks, when every signal of the activation has been counted:
 * so what it appends is folded at once. What handlers push is folded with the next append or flush, in order.
 */
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { memoKeys, type Batch, type ExecutionInput, type RunFace } from '../../protocol/execution.ts';
import { byteLength, cutLoggedData } from '../../protocol/cut-data.ts';
import { copyState, emptyState, fold } from '../../protocol/fold.ts';
import { batchBytes } from '../../protocol/limits.ts';
import { countBatch, countEmit, countOne, logPosition, type LogPosition } from '../../protocol/log-position.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';

/** Room for `first`, the brackets and the face beside the events of a memo. */
const memoOverheadBytes = 4_096;

export class RunLog {
  readonly state: RunState;
  /** Emit signals that this execution has taken, of whatever worth: Temporal counts them all. */
  emitSignals = 0;
  private readonly position: LogPosition;
  private outbox: EventDraft[] = [];
  /** How many of the outbox are folded already. */
  private folded = 0;
  private shownAttributes = '';

  constructor(run: string, input: ExecutionInput) {
    this.state = input.state ? { ...copyState(input.state), id: run } : emptyState(run);
    this.position = logPosition(input.seq);
    if (input.cause) {
      const draft = withInput(input.cause, input.input);
      this.foldDraft(draft, countOne(this.position));
    }
    this.shownAttributes = JSON.stringify(attributesOf(this.state));
  }

  /** From a signal handler. */
  push(draft: EventDraft): void {
    this.outbox.push(draft);
  }

  /** From the main loop only. */
  append(...drafts: EventDraft[]): void {
    this.outbox.push(...drafts);
    this.foldOutbox();
  }

  /** The seq that the next appended event will have; for the main loop only. */
  get nextSeq(): number {
    return this.position.next + this.outbox.length;
  }

  get hasUnflushed(): boolean {
    return this.outbox.length > 0;
  }

  takeEmit(payload: unknown): void {
    this.emitSignals++;
    const first = this.position.next;
    const accepted = countEmit(this.position, payload);
    if (accepted === null) return;
    if ('events' in accepted) accepted.events.forEach((draft, index) => this.foldDraft(draft, first + index));
    else this.state.lastSeq = this.position.next - 1;
  }

  flush(): void {
    this.foldOutbox();
    const events = this.outbox;
    this.outbox = [];
    this.folded = 0;
    const batches = splitBatches(events);
    batches.forEach((batch, index) => {
      const first = countBatch(this.position, batch);
      const value: Batch = { first, events: batch };
      const isLast = index === batches.length - 1;
      upsertMemo({ [memoKeys.batch]: value, ...(isLast ? { [memoKeys.face]: faceOf(this.state) } : {}) });
    });
    this.showAttributes();
  }

  /** What a continue-as-new must begin with. */
  get nextExecutionSeq(): number {
    return this.position.next;
  }

  private foldOutbox(): void {
    for (; this.folded < this.outbox.length; this.folded++) {
      this.foldDraft(this.outbox[this.folded] as EventDraft, this.position.next + this.folded);
    }
  }

  private foldDraft(draft: EventDraft, seq: number): void {
    fold(this.state, { ...draft, data: cutLoggedData(seq, draft.data), seq, recordedAt: draft.at });
  }

  private showAttributes(): void {
    const attributes = attributesOf(this.state);
    const shown = JSON.stringify(attributes);
    if (shown === this.shownAttributes) return;
    this.shownAttributes = shown;
    upsertSearchAttributes(attributes);
  }
}

/** A start and a message carry the run's input; the execution has it beside the cause, so that it is stored once. */
export function withInput(cause: EventDraft, input: unknown): EventDraft {
  return cause.type === 'run.started' || cause.type === 'run.continued'
    ? { ...cause, data: { ...cause.data, input } }
    : cause;
}

export function faceOf(state: RunState): RunFace {
  return {
    blueprint: state.blueprint,
    status: state.status,
    owner: state.owner,
    current: state.current,
    progress: state.progress,
    openQuestions: state.questions
      .filter((question) => question.status === 'open')
      .map(({ id, kind, message }) => ({ id, kind, message: message.slice(0, 200) })),
    lastSeq: state.lastSeq,
  };
}

const statusKey = defineSearchAttributeKey('BatonStatus', SearchAttributeType.KEYWORD);
const agentKey = defineSearchAttributeKey('BatonAgent', SearchAttributeType.KEYWORD_LIST);
const waitingKey = defineSearchAttributeKey('BatonWaiting', SearchAttributeType.BOOL);

/** Only what changes while a run is open; how it ended, Temporal's own status says. */
export function attributesOf(state: RunState): SearchAttributePair[] {
  const agents = state.current.map((step) => step.slice(0, step.lastIndexOf('#')));
  return [
    { key: statusKey, value: state.status },
    { key: agentKey, value: [...new Set(agents)] },
    { key: waitingKey, value: state.questions.some((question) => question.status === 'open') },
  ];
}

function splitBatches(events: EventDraft[]): EventDraft[][] {
  const batches: EventDraft[][] = [];
  let batch: EventDraft[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = byteLength(JSON.stringify(event)) + 1;
    if (batch.length > 0 && bytes + size > batchBytes - memoOverheadBytes) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
