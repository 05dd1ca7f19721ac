/** What clients of mgx-tasks are told, and the task object of its requests: one table of shapes. */
export type TaskStatus = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export const taskStatuses = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

export type TaskEventType =
  | 'TASK_STARTED'
  | 'AGENT_STARTED'
  | 'MESSAGE'
  | 'ARTIFACT'
  | 'AGENT_FINISHED'
  | 'TASK_FINISHED'
  | 'ERROR';

export interface TaskEvent {
  /** 1, 2, 3 … over the whole life of the task. */
  event_id: number;
  task_id: string;
  run_id: string | null;
  event_type: TaskEventType;
  agent_role: string | null;
  message: string;
  payload: Record<string, unknown>;
  timestamp: string;
}

export interface TaskSnapshot {
  task_id: string;
  status: TaskStatus;
  progress: number;
  current_agent: string | null;
  updated_at: string;
}

/** Exactly four types. */
export type TaskMessage =
  | { type: 'connected'; data: { task_id: string; message: string; status: TaskStatus } }
  | { type: 'event'; data: TaskEvent }
  | { type: 'state'; data: TaskSnapshot }
  | { type: 'error'; data: { code: string; message: string } };

export interface TaskObject {
  id: string;
  title: string | null;
  input_prompt: string;
  status: TaskStatus;
  progress: number;
  current_agent: string | null;
  run_id: string | null;
  result: Record<string, unknown> | null;
  error: string | null;
  created_at: string;
  updated_at: string;
  started_at: string | null;
  finished_at: string | null;
}
