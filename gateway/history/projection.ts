/**
 * History → log, for one execution: a pure state machine. It numbers by the counting rule that the workflow uses too;
 * where a batch says otherwise, the history wins and the difference is reported.
 *
 *   started ──▶ open ──emit, batch──▶ open ──closed──▶ ended
 *                                       └─continued as new──▶ continued
 */
import { cutLoggedData } from '../../protocol/cut-data.ts';
import { copyState, emptyState, fold } from '../../protocol/fold.ts';
import {
  countBatch,
  countEmit,
  countOne,
  logPosition,
  readBatch,
  type LogPosition,
} from '../../protocol/log-position.ts';
import type { EventDraft, RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { Ending, Recorded } from './recorded.ts';

export interface ProjectionOptions {
  run: string;
  /** Whole data, however large. Default: data over the limit is cut. */
  whole?: boolean;
  /** A batch's own `first` differs from what the history gives. */
  onMismatch?: (mismatch: { run: string; said: number; counted: number }) => void;
}

export class Projection {
  state: RunState;
  /** The seq that this execution began with. */
  firstSeq = 1;
  /** Temporal run id of the execution before; null where there is none. */
  predecessor: string | null = null;
  /** The state that this execution began from; null at the first start. */
  base: RunState | null = null;
  /** The run's whole input. */
  input: unknown = null;
  /** What the supervisor began with beside the state. */
  carry: Record<string, unknown> = {};
  outcome: 'open' | 'ended' | 'continued' = 'open';
  /** The execution that goes on after this one, where the history says so. */
  continuedBy: string | null = null;
  isDisturbed = false;
  isStarted = false;
  private position: LogPosition = logPosition(1);
  private readonly options: ProjectionOptions;

  constructor(options: ProjectionOptions) {
    this.options = options;
    this.state = emptyState(options.run);
  }

  get nextSeq(): number {
    return this.position.next;
  }

  /** The events that this entry of the history is worth, folded into `state`. */
  take(recorded: Recorded): RunEvent[] {
    const { recordedAt } = recorded;
    switch (recorded.kind) {
      case 'started':
        return this.start(recorded);
      case 'emit':
        return this.emit(recorded);
      case 'batch':
        return this.batch(recorded.value, recordedAt);
      case 'closed':
        this.outcome = 'ended';
        this.continuedBy = recorded.continuedBy;
        return [this.number(endDraft(recorded.ending, recordedAt, this.state), countOne(this.position), recordedAt)];
      case 'continued_as_new':
        this.outcome = 'continued';
        this.continuedBy = recorded.continuedBy;
        return [];
      case 'disturbed':
        this.isDisturbed = true;
        return [];
    }
  }

  private start({ input, continuedFrom, workflowType, recordedAt }: Recorded & { kind: 'started' }): RunEvent[] {
    this.isStarted = true;
    this.predecessor = input?.predecessor ?? continuedFrom;
    if (!input) {
      this.state.blueprint = workflowType;
      return [];
    }
    this.firstSeq = input.seq;
    this.position = logPosition(input.seq);
    this.base = input.state;
    this.input = input.input;
    this.carry = input.carry ?? {};
    this.state = input.state ? { ...copyState(input.state), id: this.options.run } : emptyState(this.options.run);
    if (!input.cause) return [];
    const carriesInput = input.cause.type === 'run.started' || input.cause.type === 'run.continued';
    const data = carriesInput ? { ...input.cause.data, input: input.input } : input.cause.data;
    return [this.number({ ...input.cause, data }, countOne(this.position), recordedAt)];
  }

  private emit({ payload, stored, recordedAt }: Recorded & { kind: 'emit' }): RunEvent[] {
    const first = this.position.next;
    const accepted = countEmit(this.position, payload);
    if (accepted === null) return [];
    if ('events' in accepted)
      return accepted.events.map((draft, index) => this.number(draft, first + index, recordedAt));
    const { step, attempt, count } = accepted;
    return Array.from({ length: count }, (_, index) => {
      const draft = stored?.[index] ?? lostDraft(step, attempt, accepted.stored.ref, recordedAt);
      return this.number(draft, first + index, recordedAt);
    });
  }

  private batch(value: unknown, recordedAt: string): RunEvent[] {
    const batch = readBatch(value);
    if (batch === null) return [];
    const first = countBatch(this.position, batch.events);
    if (first !== batch.first) this.options.onMismatch?.({ run: this.options.run, said: batch.first, counted: first });
    return batch.events.map((draft, index) => this.number(draft, first + index, recordedAt));
  }

  private number(draft: EventDraft, seq: number, recordedAt: string): RunEvent {
    const { at, type, agent, step, attempt, data } = draft;
    const event: RunEvent = {
      seq,
      at,
      recordedAt,
      type,
      ...(agent === undefined ? {} : { agent }),
      ...(step === undefined ? {} : { step }),
      ...(attempt === undefined ? {} : { attempt }),
      data,
    };
    fold(this.state, event);
    return this.options.whole ? event : { ...event, data: cutLoggedData(seq, data) };
  }
}

function endDraft(ending: Ending, at: string, state: RunState): EventDraft {
  switch (ending.status) {
    case 'completed':
      return { type: 'run.completed', at, data: { result: ending.result } };
    case 'failed':
      return { type: 'run.failed', at, data: { error: ending.error } };
    case 'cancelled':
      return {
        type: 'run.cancelled',
        at,
        data: { reason: state.cancelling?.reason ?? null, by: state.cancelling?.by ?? 'temporal' },
      };
    case 'terminated': {
      const { status: _, ...data } = ending;
      return { type: 'run.terminated', at, data };
    }
    case 'timed_out':
      return { type: 'run.timed_out', at, data: {} };
  }
}

/** A blob that cannot be read leaves its events' places, so that every later seq stays right. */
function lostDraft(step: string, attempt: number, ref: string, at: string): EventDraft {
  return {
    type: 'agent.emitted',
    at,
    step,
    attempt,
    data: { kind: 'lost', ref, message: `stored events ${ref} cannot be read` },
  };
}
