/**
 * From a run's log to the messages of request-rooms.
 *
 *   unknown ──▶ pending ──▶ running ◀──▶ waiting_feedback
 *                  └───────────┴──────────────┴──▶ completed | failed | cancelled   (and on, where the run goes on)
 */
import { eventKinds } from '../../../agents/request-rooms/contract.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Question } from '../../../protocol/schemas/question.ts';
import type { Translation } from '../translation.ts';
import type { RoomError, RoomMessage, RoomMessageBody, RoomStep, StateMessage } from './message.ts';
import { type RoomState, unknownRequest } from './room-state.ts';

const executor = 'executor-agent';

export const translation: Translation<RoomState, RoomMessage> = {
  initial: ({ client }) => unknownRequest(client),
  event(before, event) {
    const { state, told } = (folds[event.type] ?? nothing)(before, event);
    const messages = told.map((body, index): RoomMessage => ({ ...body, seq: before.seq + index + 1 }));
    return { state: { ...state, seq: before.seq + told.length, eventSeq: event.seq }, messages };
  },
  isNeededWhole: ({ type, agent, data }) =>
    (type === 'agent.emitted' && String(data['kind']).startsWith('rooms.')) ||
    (type === 'agent.completed' && agent === 'thought-agent'),
  encode: (message) => JSON.stringify(message),
};

interface Told {
  state: RoomState;
  told: readonly RoomMessageBody[];
}
type Fold = (state: RoomState, event: RunEvent) => Told;

const nothing: Fold = (state) => ({ state, told: [] });

const folds: Readonly<Partial<Record<string, Fold>>> = {
  'run.started': begin,
  'run.retried': begin,
  'run.continued': begin,
  // What stood before the step stays: its agents are not run again.
  'run.reset': (state) => {
    const steps = state.steps.map(({ id, order, action }): RoomStep => ({ id, order, action, status: 'pending' }));
    return quiet({ ...state, status: 'running', steps, question: null, answer: null, result: null, error: null });
  },
  'agent.started': (state, { agent = '' }) =>
    quiet({ ...state, status: 'running', agents: { ...state.agents, [agent]: 'running' } }),
  'agent.emitted': (state, { data }) => {
    if (data['kind'] === eventKinds.plan) return quiet({ ...state, steps: plannedSteps(data['steps']) });
    if (data['kind'] === eventKinds.step) return moved(state, data);
    return data['kind'] === eventKinds.answer ? quiet({ ...state, answer: String(data['answer']) }) : quiet(state);
  },
  'agent.completed': (state, { agent = '', data }) => {
    const agents = { ...state.agents, [agent]: 'completed' };
    const { requestId } = state;
    return {
      state: { ...state, agents },
      told: [{ type: 'agent.completed', agent, requestId, data: completion(state, agent, data['result']) }],
    };
  },
  'agent.failed': agentFailed,
  'question.asked': asked,
  'question.answered': (state, { data }) =>
    Number(data['have']) < Number(data['need']) ? quiet(state) : closed(state, data['question'], data['answer']),
  'question.expired': (state, { data }) =>
    data['then'] === 'escalate' ? quiet(state) : closed(state, data['question'], data['answer'] ?? null),
  'run.completed': (state) => end(quiet(state), 'completed'),
  'run.failed': (state, { data }) => end(stopped(state, readError(data['error'])), 'failed'),
  'run.cancelled': (state) => end(failStep({ ...state, error: cancelled }, cancelled, true), 'cancelled'),
  'run.terminated': (state, { data }) => end(stopped(state, readEnd('terminated', data)), 'failed'),
  'run.timed_out': (state, { data }) => end(stopped(state, readEnd('timed_out', data)), 'failed'),
};

const cancelled: RoomError = { code: 'cancelled', message: 'The request was cancelled' };

function quiet(state: RoomState): Told {
  return { state, told: [] };
}

/** The numbers of its messages go on over all lives of a run. */
function begin({ requestId, seq }: RoomState): Told {
  return quiet({ ...unknownRequest(requestId), seq, status: 'pending' });
}

function plannedSteps(steps: unknown): RoomStep[] {
  if (!Array.isArray(steps)) return [];
  const known = (steps as (RoomStep | null)[]).filter((step) => typeof step?.order === 'number');
  return (known as RoomStep[]).map(({ id, order, action }) => ({ id, order, action, status: 'pending' }));
}

/** After a crash the executor tells its last events again: what is told already is not told twice. */
function moved(state: RoomState, data: Record<string, unknown>): Told {
  const { status, result, error } = data;
  const known = state.steps.find(({ order }) => order === data['stepOrder']);
  if (known === undefined) return quiet(state);
  const isNext = state.steps.every(({ order, status: before }) => order >= known.order || before === 'completed');
  if (status === 'running' && known.status === 'pending' && isNext) return move(state, { ...known, status: 'running' });
  if (known.status !== 'running') return quiet(state);
  if (status === 'completed') return move(state, { ...known, status: 'completed', result });
  if (status !== 'failed') return quiet(state);
  return failStep(state, { ...readError(error), step: known.order }, data['cancelled'] === true);
}

/** The step that is running, if any, has failed; where no cancel was its end, an error says why. */
function failStep(state: RoomState, error: RoomError, isCancelled: boolean): Told {
  const running = state.steps.find(({ status }) => status === 'running');
  if (running === undefined) return quiet(state);
  const outcome = move(
    state,
    { ...running, status: 'failed', error: { code: error.code, message: error.message } },
    isCancelled,
  );
  if (isCancelled) return outcome;
  return failed(outcome, executor, { ...error, step: running.order });
}

function move(state: RoomState, next: RoomStep, isCancelled = false): Told {
  const { id: stepId, order, action: tool, status, result, error } = next;
  const { requestId } = state;
  return {
    state: { ...state, steps: state.steps.map((known) => (known.order === order ? next : known)) },
    told: [
      {
        type: 'progress',
        agent: executor,
        step: order,
        status: status as 'running' | 'completed' | 'failed',
        requestId,
        data: {
          requestId,
          stepId,
          stepOrder: order,
          step: order,
          tool,
          status,
          ...(result === undefined ? {} : { result }),
          ...(error === undefined ? {} : { error }),
          ...(isCancelled ? { cancelled: true } : {}),
        },
      },
    ],
  };
}

function failed({ state, told }: Told, agent: string, error: RoomError): Told {
  const { code, message, step: order } = error;
  const body: RoomMessageBody = {
    type: 'error',
    agent,
    message,
    ...(order === undefined ? {} : { step: order }),
    code,
    requestId: state.requestId,
  };
  return { state: { ...state, error }, told: [...told, body] };
}

/** What each agent has to say when it is done. */
function completion({ steps, answer }: RoomState, agent: string, result: unknown): Record<string, unknown> {
  if (agent === 'planner-agent') return { steps: steps.map(({ id, order, action }) => ({ id, order, action })) };
  if (agent === executor) return { steps: steps.length, answer };
  return typeof result === 'object' && result !== null ? { ...result } : {};
}

function agentFailed(before: RoomState, { agent = '', data }: RunEvent): Told {
  const state = { ...before, agents: { ...before.agents, [agent]: 'failed' }, question: null };
  const error = readError(data['error']);
  if (error.code === 'cancelled') return failStep(state, cancelled, true);
  // A fault of a step has been told by the executor itself.
  if (state.error !== null) return quiet(state);
  const outcome = agent === executor ? failStep(state, error, false) : quiet(state);
  return outcome.told.length > 0 ? outcome : failed(quiet(state), agent, error);
}

function asked(state: RoomState, { agent = '', data }: RunEvent): Told {
  const asking = data['question'] as Question | undefined;
  if (typeof asking?.id !== 'string') return quiet(state);
  const { id, message, choices = [], askedAt, expiresAt } = asking;
  const seconds = expiresAt === undefined ? null : Math.round((Date.parse(expiresAt) - Date.parse(askedAt)) / 1_000);
  const question: StateMessage['question'] = {
    questionId: `q-${state.questions.length + 1}`,
    question: message,
    options: choices.map(({ label }) => label),
    timeoutSeconds: seconds,
  };
  return {
    state: { ...state, status: 'waiting_feedback', questions: [...state.questions, id], question },
    told: [{ type: 'question', agent, requestId: state.requestId, ...question }],
  };
}

function closed(state: RoomState, id: unknown, answer: unknown): Told {
  const questionId = `q-${state.questions.indexOf(String(id)) + 1}`;
  return quiet({ ...state, status: 'running', question: null, answers: { ...state.answers, [questionId]: answer } });
}

/** The run is over by something else than a cancel. What has not been said yet is said. */
function stopped(state: RoomState, error: RoomError): Told {
  if (state.error !== null) return quiet(state);
  const outcome = failStep(state, error, false);
  return outcome.told.length > 0 ? outcome : failed(quiet(state), 'supervisor', error);
}

function end({ state: before, told }: Told, status: 'completed' | 'failed' | 'cancelled'): Told {
  const { requestId, answers, error } = before;
  const answer = status === 'completed' ? before.answer : null;
  const steps = before.steps.map((known): RoomStep =>
    known.status === 'pending' ? { ...known, status: 'skipped' } : known,
  );
  const result: NonNullable<StateMessage['result']> = {
    status,
    answer,
    steps: steps.map(({ order, action, status: stepStatus, result: value, error: fault }) => ({
      step: order,
      tool: action,
      status: stepStatus,
      ...(value === undefined ? {} : { result: value }),
      ...(fault === undefined ? {} : { error: fault }),
    })),
    answers: { ...answers },
    error,
  };
  return {
    state: { ...before, status, steps, question: null, result },
    told: [...told, { type: 'request.completed', requestId, result }],
  };
}

function readError(error: unknown): RoomError {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Partial<RoomError>;
  return { code: code ?? 'internal', message: message ?? 'It failed without a reason' };
}

function readEnd(code: string, { reason }: Record<string, unknown>): RoomError {
  const why = typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
  return { code, message: `The run was ended from outside (${code})${why}` };
}
