/** A task as its log tells it. Values are never changed in place. */
import type { TaskMessage, TaskObject, TaskSnapshot, TaskStatus } from './messages.ts';

export interface TaskState {
  readonly run: string;
  /** As clients know it. */
  readonly id: string;
  readonly title: string | null;
  readonly prompt: string;
  readonly testMode: boolean;
  readonly status: TaskStatus;
  readonly progress: number;
  readonly role: string | null;
  /** How often the task has been run; 0 before the first. */
  readonly execution: number;
  readonly result: Record<string, unknown> | null;
  readonly error: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Of the last event that was told. */
  readonly eventId: number;
  readonly lastSeq: number;
  /** What the step that is open has told, so that its next attempt does not tell it again. */
  readonly told: readonly { what: string; attempt: number }[];
}

export function initialState(run: { id: string; client: string }): TaskState {
  return {
    run: run.id,
    id: run.client,
    title: null,
    prompt: '',
    testMode: false,
    status: 'PENDING',
    progress: 0,
    role: null,
    execution: 0,
    result: null,
    error: null,
    createdAt: '',
    updatedAt: '',
    startedAt: null,
    finishedAt: null,
    eventId: 0,
    lastSeq: 0,
    told: [],
  };
}

export function isEnded({ status }: Pick<TaskState, 'status'>): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}

export function runIdOf({ execution }: TaskState): string | null {
  return execution === 0 ? null : `r-${execution}`;
}

export function snapshotOf({ id, status, progress, role, updatedAt }: TaskState): TaskSnapshot {
  return { task_id: id, status, progress, current_agent: role, updated_at: updatedAt };
}

export function stateMessage(state: TaskState): TaskMessage {
  return { type: 'state', data: snapshotOf(state) };
}

export function taskObject(state: TaskState): TaskObject {
  return {
    id: state.id,
    title: state.title,
    input_prompt: state.prompt,
    status: state.status,
    progress: state.progress,
    current_agent: state.role,
    run_id: runIdOf(state),
    result: state.result,
    error: state.error,
    created_at: state.createdAt,
    updated_at: state.updatedAt,
    started_at: state.startedAt,
    finished_at: state.finishedAt,
  };
}
