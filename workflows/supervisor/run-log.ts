/**
 * The run's log as its workflow writes it. Replayed: no I/O, no clock, no randomness.
 *
 *   handlers ── push ──▶ outbox ◀── append ── main loop
 *                          ├── ride ──▶ the second argument of the agent's activity that is scheduled next
 *                          └── flush ─▶ memo {batch: {first, events}, face}: from a condition, and before every end
 *
 * Nothing has a seq until it leaves the outbox, because all signals of an activation stand in the history before what
 * the activation itself writes. The main loop only runs in microtasks, when every signal of the activation has been
 * counted: so what it appends is folded at once, and may ride. What handlers push is folded with the next append, ride
 * or flush, in order.
 */
import { upsertMemo } from '@temporalio/workflow';
import { memoKeys, type Batch, type ExecutionInput } from '../../protocol/execution.ts';
import { byteLength } from '../../protocol/cut-data.ts';
import { copyState, emptyState, fold } from '../../protocol/fold.ts';
import { batchBytes } from '../../protocol/limits.ts';
import { countBatch, countEmit, countOne, logPosition, type LogPosition } from '../../protocol/log-position.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { PublicFace } from './public-face.ts';

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
  readonly face: PublicFace;

  constructor(run: string, input: ExecutionInput) {
    this.state = input.state ? { ...copyState(input.state), id: run } : emptyState(run);
    this.position = logPosition(input.seq);
    if (input.cause) {
      const draft = withInput(input.cause, input.input);
      this.foldDraft(draft, countOne(this.position));
    }
    this.face = new PublicFace(this.state);
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

  /** What is in the outbox, numbered, for the activity that is about to be scheduled; null if it has to go by memo. */
  ride(): Batch | null {
    this.foldOutbox();
    if (this.outbox.length === 0) return null;
    if (splitBatches(this.outbox).length > 1) {
      this.flush();
      return null;
    }
    const events = this.takeOutbox();
    const batch = { first: countBatch(this.position, events), events };
    this.face.refresh();
    return batch;
  }

  flush(): void {
    this.foldOutbox();
    const batches = splitBatches(this.takeOutbox());
    batches.forEach((events, index) => {
      const batch: Batch = { first: countBatch(this.position, events), events };
      const memo = { [memoKeys.batch]: batch };
      if (index === batches.length - 1) this.face.show(memo);
      else upsertMemo(memo);
    });
  }

  /** What a continue-as-new must begin with. */
  get nextExecutionSeq(): number {
    return this.position.next;
  }

  private takeOutbox(): EventDraft[] {
    const events = this.outbox;
    this.outbox = [];
    this.folded = 0;
    return events;
  }

  private foldOutbox(): void {
    for (; this.folded < this.outbox.length; this.folded++) {
      this.foldDraft(this.outbox[this.folded] as EventDraft, this.position.next + this.folded);
    }
  }

  private foldDraft(draft: EventDraft, seq: number): void {
    fold(this.state, { ...draft, seq, recordedAt: draft.at });
  }
}

/** A start and a message carry the run's input; the execution has it beside the cause, so that it is stored once. */
export function withInput(cause: EventDraft, input: unknown): EventDraft {
  return cause.type === 'run.started' || cause.type === 'run.continued'
    ? { ...cause, data: { ...cause.data, input } }
    : cause;
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
