/**
 * A task's log → its messages.
 *
 *   PENDING ──begun──▶ RUNNING ──▶ COMPLETED │ FAILED │ CANCELLED ──retried──▶ PENDING
 *
 * One event of the log is at most one `event` of the task. A `state` follows whatever changes what it shows, and every
 * AGENT_STARTED and AGENT_FINISHED.
 */
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import { roles } from '../../../workflows/mgx-tasks/contract.ts';
import type { Translation } from '../translation.ts';
import { artifactPayload, resultOf } from './artifacts.ts';
import type { TaskEventType, TaskMessage } from './messages.ts';
import { initialState, isEnded, runIdOf, stateMessage, type TaskState } from './task-state.ts';

/** What an event makes of a task: its new facts, and what is told of it. */
interface Effect {
  state: TaskState;
  told?: { type: TaskEventType; message: string; payload?: Record<string, unknown>; role?: string | null };
  /** Told beside an ERROR. */
  fault?: { code: string; message: string };
}

export const translation: Translation<TaskState, TaskMessage> = {
  initial: initialState,
  event: translate,
  isNeededWhole: ({ type, data }) =>
    type === 'agent.emitted' ? data['kind'] === 'mgx.artifact' : neededWhole.has(type),
  encode: (message) => JSON.stringify(message),
};

const neededWhole = new Set(['run.started', 'run.continued', 'run.reset', 'run.completed']);

function translate(before: TaskState, event: RunEvent): { state: TaskState; messages: readonly TaskMessage[] } {
  const { state: after, told, fault } = effectOf(at(before, event), event);
  const messages: TaskMessage[] = [];
  let state = after;
  if (told) {
    state = { ...after, eventId: after.eventId + 1 };
    const { type, message, payload = {}, role = after.role } = told;
    messages.push({
      type: 'event',
      data: {
        event_id: state.eventId,
        task_id: state.id,
        run_id: runIdOf(state),
        event_type: type,
        agent_role: role,
        message: message.trim() === '' ? type : message,
        payload,
        timestamp: event.at,
      },
    });
  }
  if (fault) messages.push({ type: 'error', data: fault });
  const isMilestone = told?.type === 'AGENT_STARTED' || told?.type === 'AGENT_FINISHED';
  const isChanged = state.status !== before.status || state.progress !== before.progress || state.role !== before.role;
  if (isMilestone || isChanged) messages.push(stateMessage(state));
  return { state, messages };
}

/** Where the log's beginning is past retention, ids go on above all that can have been told of it. */
function at(state: TaskState, { seq, at: when }: RunEvent): TaskState {
  return {
    ...state,
    createdAt: state.createdAt || when,
    updatedAt: when > state.updatedAt ? when : state.updatedAt,
    eventId: seq > state.lastSeq + 1 ? Math.max(state.eventId, seq - 1) : state.eventId,
    lastSeq: seq,
  };
}

function effectOf(state: TaskState, event: RunEvent): Effect {
  const apply = Object.hasOwn(effects, event.type) ? effects[event.type] : undefined;
  return apply ? apply(state, event) : { state };
}

const effects: Readonly<Record<string, (state: TaskState, event: RunEvent) => Effect>> = {
  'run.started': (state, event) => begun(asked(state, event.data['input']), event, 'Task started'),
  'run.continued': (state, event) => begun(anew(asked(state, event.data['input'])), event, 'Task started again'),
  'run.retried': (state, event) => begun(anew(state), event, 'Task started again'),
  'run.reset': (state, event) => {
    const { toStep, edits } = event.data;
    const step = textOf(toStep);
    const role = roles.find(({ agent }) => step.startsWith(`${agent}#`));
    const again = anew(asked(state, objectOf(edits)['input']));
    return begun({ ...again, progress: role?.span[0] ?? 0 }, event, `Task goes on from ${role?.role ?? step}`);
  },
  'run.begun': (state, event) => started(state, event, 'Task started'),
  'agent.started': (state, { agent }) => {
    const role = roleOf(agent);
    if (!role) return { state };
    const begins = { ...state, role: role.role, told: [] };
    return { state: begins, told: { type: 'AGENT_STARTED', message: `${role.role} is at work` } };
  },
  'agent.progressed': (state, { agent, data }) => {
    const role = roleOf(agent);
    const fraction = Number(data['fraction']);
    // The last 1.0 comes with success and failure alike: which it is, the next event says.
    if (!role || !(fraction >= 0 && fraction < 1)) return { state };
    const [from, to] = role.span;
    return { state: raised(state, from + (to - from) * fraction) };
  },
  'agent.emitted': (state, event) => emitted(state, event),
  'agent.attempt_failed': (state, { agent, attempt, data }) => {
    const role = roleOf(agent)?.role ?? null;
    const message = `Attempt ${attempt ?? 1} failed and is repeated: ${textOf(data['message']) || 'no reason given'}`;
    return { state, told: { type: 'MESSAGE', role, message, payload: { attempt: attempt ?? 1, code: data['code'] } } };
  },
  'agent.completed': (state, { agent, data }) => {
    const role = roleOf(agent);
    if (!role) return { state };
    const summary = textOf(objectOf(data['result'])['summary']);
    return {
      state: { ...raised(state, role.span[1]), told: [] },
      told: { type: 'AGENT_FINISHED', role: role.role, message: summary || `${role.role} is done`, payload: {} },
    };
  },
  'run.cancelling': (state, { data }) => {
    const by = textOf(data['by']) || 'unknown';
    const message = `Cancel requested by ${by}`;
    return { state, told: { type: 'MESSAGE', role: null, message, payload: { by, reason: data['reason'] ?? null } } };
  },
  'run.completed': (state, event) => {
    const result = resultOf(state.run, event.data['result']);
    const done: TaskState = { ...ended(state, event, 'COMPLETED'), progress: 1, result };
    return {
      state: done,
      told: { type: 'TASK_FINISHED', message: 'Task completed', payload: { status: 'COMPLETED', result } },
    };
  },
  'run.failed': (state, event) => {
    const error = objectOf(event.data['error']);
    const step = textOf(error['step']);
    const code = textOf(error['code']) || 'internal';
    return failed(state, event, { code, message: textOf(error['message']) || 'failed without a reason', step });
  },
  'run.timed_out': (state, event) => failed(state, event, { code: 'timed_out', message: 'the run took too long' }),
  'run.cancelled': (state, event) => cancelled(state, event, `Task cancelled by ${textOf(event.data['by'])}`),
  'run.terminated': (state, event) => cancelled(state, event, `Task terminated: ${textOf(event.data['reason'])}`),
};

function emitted(state: TaskState, { agent, attempt = 1, data }: RunEvent): Effect {
  const role = roleOf(agent)?.role ?? null;
  const { kind } = data;
  if (kind !== 'mgx.message' && kind !== 'mgx.artifact') return { state };
  const what = JSON.stringify([kind, data['text'] ?? data['name'], objectOf(data['stored'])['ref'] ?? null]);
  if (state.told.some((known) => known.what === what && known.attempt < attempt)) return { state };
  const next = { ...state, told: [...state.told, { what, attempt }] };
  if (kind === 'mgx.artifact') {
    const message = textOf(data['message']);
    return { state: next, told: { type: 'ARTIFACT', role, message, payload: artifactPayload(state.run, data) } };
  }
  const { kind: _, text, ...facts } = data;
  return { state: next, told: { type: 'MESSAGE', role, message: textOf(text), payload: facts } };
}

/** A run that is on hold waits; any other begins at once. */
function begun(state: TaskState, event: RunEvent, message: string): Effect {
  if (event.data['hold'] === true) return { state: { ...state, status: 'PENDING' } };
  return started({ ...state, status: 'PENDING' }, event, message);
}

function started(state: TaskState, event: RunEvent, message: string): Effect {
  if (state.status !== 'PENDING') return { state };
  const { title, testMode, execution } = state;
  return {
    state: { ...state, status: 'RUNNING', startedAt: event.at, execution: Math.max(1, execution) },
    told: { type: 'TASK_STARTED', role: null, message, payload: { title, test_mode: testMode } },
  };
}

/** The next execution of the task, before it begins. */
function anew(state: TaskState): TaskState {
  return {
    ...state,
    progress: 0,
    role: null,
    execution: state.execution + 1,
    result: null,
    error: null,
    startedAt: null,
    finishedAt: null,
    told: [],
  };
}

function asked(state: TaskState, input: unknown): TaskState {
  const { prompt, title, testMode } = objectOf(input);
  if (typeof prompt !== 'string') return state;
  return { ...state, prompt, title: typeof title === 'string' ? title : null, testMode: testMode === true };
}

function ended(state: TaskState, event: RunEvent, status: TaskState['status']): TaskState {
  return { ...state, status, role: null, finishedAt: event.at, told: [] };
}

function failed(state: TaskState, event: RunEvent, fault: { code: string; message: string; step?: string }): Effect {
  const { code, message, step = '' } = fault;
  const role = roles.find(({ agent }) => step.startsWith(`${agent}#`))?.role ?? state.role;
  return {
    state: { ...ended(state, event, 'FAILED'), error: message },
    told: { type: 'ERROR', role, message, payload: { status: 'FAILED', code } },
    fault: { code, message },
  };
}

function cancelled(state: TaskState, event: RunEvent, message: string): Effect {
  if (isEnded(state)) return { state };
  return {
    state: ended(state, event, 'CANCELLED'),
    told: { type: 'TASK_FINISHED', role: null, message, payload: { status: 'CANCELLED' } },
  };
}

function raised(state: TaskState, progress: number): TaskState {
  return { ...state, progress: Math.max(state.progress, Math.min(1, Math.round(progress * 10_000) / 10_000)) };
}

function roleOf(agent: string | undefined): (typeof roles)[number] | undefined {
  return roles.find((known) => known.agent === agent);
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
