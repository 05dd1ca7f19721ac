/**
 * The one fold: events → state. The workflow's state is this fold, the gateway's view is this fold,
 * and a reset to a step is this fold stopped before it. Replayed: no I/O, no clock, no randomness.
 *
 * `fold` changes the state it is given and returns it; `copyState` takes a copy first where one is needed.
 * An event of an unknown type changes only `lastSeq` and `updatedAt`, and none whatever makes it throw.
 *
 * It wants events with their whole data: what an event cut for the wire no longer shows (an agent's `update` beside a
 * large result) belongs to the state. Only the run's own input and result, which may be of any size, are kept cut.
 */
import { cutLoggedData } from './cut-data.ts';
import { closedQuestionsShown } from './limits.ts';
import type { AgentState, PlanStep, RunState, RunStatus } from './schemas/state.ts';
import type { Question } from './schemas/question.ts';
import type { RunEvent } from './schemas/event.ts';
import { settleStatus } from './settle-status.ts';

export function emptyState(id: string): RunState {
  return {
    id,
    blueprint: '',
    owner: null,
    status: 'running',
    input: null,
    startedAt: '',
    updatedAt: '',
    endedAt: null,
    iteration: 0,
    agents: {},
    current: [],
    progress: 0,
    context: {},
    plan: null,
    questions: [],
    cancelling: null,
    result: null,
    error: null,
    usage: { inputTokens: 0, outputTokens: 0 },
    from: null,
    lastSeq: 0,
  };
}

export function copyState(state: RunState): RunState {
  return structuredCloneJson(state);
}

export function fold(state: RunState, event: RunEvent): RunState {
  state.lastSeq = event.seq;
  state.updatedAt = event.at;
  const apply = Object.hasOwn(folds, event.type) ? folds[event.type] : undefined;
  if (apply) apply(state, event);
  return state;
}

type Fold = (state: RunState, event: RunEvent) => void;

const folds: Readonly<Record<string, Fold | undefined>> = {
  'run.started': (state, { seq, at, data }) => {
    const from = data['from'] as RunState['from'] | undefined;
    if (from) state.from = { run: from.run, step: from.step, seq: from.seq };
    state.blueprint = String(data['blueprint']);
    state.owner = (data['owner'] as string | null | undefined) ?? null;
    state.input = inPlace(seq, data, 'input');
    state.startedAt = at;
    goOn(state, data['hold'] === true ? 'pending' : 'running');
  },
  'run.begun': (state) => {
    // A cancel may have come first.
    if (state.status === 'pending') state.status = 'running';
    settleStatus(state);
  },
  'run.paused': (state, { at, data }) => {
    state.paused = { by: String(data['by']), at, reason: (data['reason'] as string | null | undefined) ?? null };
    settleStatus(state);
  },
  'run.unpaused': (state) => {
    delete state.paused;
    settleStatus(state);
  },
  'step.paused': (state, { agent, step }) => {
    const running = openAgent(state, agent, step);
    if (running) running.paused = true;
    settleStatus(state);
  },
  'step.unpaused': unpauseStep,
  'step.retried': unpauseStep,
  'run.reset': (state, { seq, data }) => {
    if (hasInput(data['edits'])) {
      const edits = inPlace(seq, data, 'edits');
      state.input = hasInput(edits) ? edits.input : edits;
    }
    goOn(state, 'running');
  },
  'run.retried': (state) => goOn(state, 'running'),
  'run.continued': (state, { seq, data }) => {
    state.input = inPlace(seq, data, 'input');
    state.iteration = 0;
    state.plan = null;
    state.progress = 0;
    goOn(state, data['hold'] === true ? 'pending' : 'running');
  },
  'supervisor.decided': (state, { data }) => {
    state.iteration = Number(data['iteration']);
    mergeContext(state, data['update']);
    if (isPlan(data['plan'])) state.plan = data['plan'];
    if (typeof data['planStep'] === 'string') markPlan(state, data['planStep'], 'running');
    addUsage(state, data['usage']);
  },
  'supervisor.decision_failed': (state, { data }) => addUsage(state, data['usage']),
  'supervisor.routed': (state, { step, data }) => {
    for (const [name, agent] of Object.entries(state.agents)) {
      if (agent.step !== step || agent.endedAt !== null) continue;
      if (data['from'] === name) agent.status = 'delegating';
      if (data['to'] === name) agent.status = 'running';
    }
  },
  'agent.started': (state, { agent, step, at, attempt, data }) => {
    if (agent === undefined || step === undefined) return;
    const calls = (state.agents[agent]?.calls ?? 0) + 1;
    const running: AgentState = {
      status: 'running',
      calls,
      step,
      attempt: attempt ?? 1,
      progress: 0,
      message: '',
      startedAt: at,
      endedAt: null,
    };
    if (isSpan(data['span'])) running.span = data['span'];
    state.agents[agent] = running;
    state.current = [...state.current, step];
    if (state.status === 'paused') settleStatus(state);
    if (typeof data['planStep'] === 'string') markPlan(state, data['planStep'], 'running');
  },
  'agent.progressed': (state, { agent, step, attempt, data }) => {
    const running = openAgent(state, agent, step);
    if (!running) return;
    running.attempt = attempt ?? running.attempt;
    running.progress = Math.min(1, Math.max(running.progress, Number(data['fraction']) || 0));
    running.message = textOf(data['message']);
    raiseProgress(state, running);
  },
  'agent.attempt_failed': (state, { agent, step, attempt, data }) => {
    const running = openAgent(state, agent, step);
    if (!running) return;
    running.attempt = attempt ?? running.attempt;
    running.message = textOf(data['message']);
  },
  'agent.completed': (state, event) => {
    closeStep(state, event, 'completed');
    mergeContext(state, event.data['update']);
    addUsage(state, event.data['usage']);
  },
  'agent.failed': (state, event) => {
    closeStep(state, event, 'failed');
    addUsage(state, event.data['usage']);
  },
  'question.asked': (state, { agent, step, data }) => {
    const question = data['question'];
    if (!isQuestion(question)) return;
    state.questions = [
      ...state.questions.filter((known) => known.id !== question.id),
      { ...question, status: 'open', answers: [] },
    ];
    const asking = openAgent(state, agent, step);
    if (asking) asking.status = 'asking';
    settleStatus(state);
  },
  'question.answered': (state, { at, data }) => {
    const question = openQuestion(state, data['question']);
    if (!question) return;
    const { onBehalfOf } = data;
    const whose = typeof onBehalfOf === 'string' ? { onBehalfOf } : {};
    question.answers = [...question.answers, { by: String(data['by']), ...whose, answer: data['answer'], at }];
    if (Number(data['have']) >= Number(data['need'])) closeQuestion(state, question, 'answered', at);
  },
  'question.expired': (state, { at, data }) => {
    const question = openQuestion(state, data['question']);
    if (!question) return;
    if (data['then'] === 'escalate') {
      question.audience = { roles: [String(data['role'])] };
      if (typeof data['expiresAt'] === 'string') question.expiresAt = data['expiresAt'];
      else delete question.expiresAt;
      question.onTimeout = { then: 'fail' };
      return;
    }
    closeQuestion(state, question, 'expired', at);
  },
  'run.cancelling': (state, { data }) => {
    const mode = data['mode'] === 'now' ? 'now' : 'graceful';
    state.cancelling = { reason: (data['reason'] as string | null | undefined) ?? null, by: String(data['by']), mode };
    state.status = 'cancelling';
  },
  'run.completed': (state, event) => {
    state.result = inPlace(event.seq, event.data, 'result');
    state.progress = 1;
    end(state, event, 'completed');
  },
  'run.failed': (state, event) => {
    state.error = (event.data['error'] as RunState['error']) ?? {
      code: 'internal',
      message: 'failed without a reason',
    };
    end(state, event, 'failed');
  },
  'run.cancelled': (state, event) => end(state, event, 'cancelled'),
  'run.terminated': (state, event) => end(state, event, 'terminated'),
  'run.timed_out': (state, event) => end(state, event, 'timed_out'),
};

/** A value of the event's data; where the data is over the limit, what stands in its place on every surface. */
function inPlace(seq: number, data: Record<string, unknown>, key: string): unknown {
  const cut = cutLoggedData(seq, data);
  if (cut[key] !== undefined) return cut[key];
  return 'blob' in cut ? { preview: cut['preview'], blob: cut['blob'] } : null;
}

function hasInput(edits: unknown): edits is { input: unknown } {
  return typeof edits === 'object' && edits !== null && 'input' in edits && edits.input !== undefined;
}

function isPlan(value: unknown): value is PlanStep[] {
  return Array.isArray(value) && value.every((step) => typeof (step as PlanStep | null)?.id === 'string');
}

function isQuestion(value: unknown): value is Question {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Question>).id === 'string';
}

/** A run that begins, or goes on after an end: what belonged to the end is gone, what was learnt stays. */
function goOn(state: RunState, status: RunStatus): void {
  state.status = status;
  state.endedAt = null;
  state.cancelling = null;
  delete state.paused;
  state.result = null;
  state.error = null;
  abandonOpenSteps(state, state.updatedAt);
}

function end(state: RunState, event: RunEvent, status: RunStatus): void {
  state.status = status;
  delete state.paused;
  state.endedAt = event.at;
  abandonOpenSteps(state, state.endedAt);
}

function abandonOpenSteps(state: RunState, at: string): void {
  for (const agent of Object.values(state.agents)) {
    if (agent.endedAt !== null) continue;
    agent.status = 'failed';
    agent.endedAt = at;
    delete agent.paused;
  }
  state.current = [];
  for (const question of state.questions) {
    if (question.status !== 'open') continue;
    question.status = 'withdrawn';
    question.closedAt = at;
  }
}

function openAgent(state: RunState, agent: string | undefined, step: string | undefined): AgentState | undefined {
  const known = agent === undefined ? undefined : state.agents[agent];
  return known?.step === step && known?.endedAt === null ? known : undefined;
}

function closeStep(state: RunState, event: RunEvent, status: 'completed' | 'failed'): void {
  state.current = state.current.filter((step) => step !== event.step);
  const agent = openAgent(state, event.agent, event.step);
  if (agent) {
    agent.status = status;
    agent.attempt = event.attempt ?? agent.attempt;
    agent.progress = 1;
    delete agent.paused;
    if (status === 'completed') raiseProgress(state, agent);
    agent.endedAt = event.at;
  }
  if (typeof event.data['planStep'] === 'string') markPlan(state, event.data['planStep'], status);
  for (const question of state.questions) {
    if (question.status === 'open' && question.step === event.step && event.step !== undefined)
      closeQuestion(state, question, 'withdrawn', event.at);
  }
  settleStatus(state);
}

type ClosedStatus = Exclude<Question['status'], 'open'>;

function openQuestion(state: RunState, id: unknown): Question | undefined {
  return state.questions.find((question) => question.id === id && question.status === 'open');
}

function closeQuestion(state: RunState, question: Question, status: ClosedStatus, at: string): void {
  question.status = status;
  question.closedAt = at;
  const closed = state.questions.filter((known) => known.status !== 'open');
  if (closed.length > closedQuestionsShown) state.questions = state.questions.filter((known) => known !== closed[0]);
  for (const agent of Object.values(state.agents)) {
    if (agent.step === question.step && agent.status === 'asking') agent.status = 'running';
  }
  settleStatus(state);
}

function unpauseStep(state: RunState, { agent, step }: RunEvent): void {
  const running = openAgent(state, agent, step);
  if (running) delete running.paused;
  settleStatus(state);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isSpan(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((entry) => typeof entry === 'number');
}

function mergeContext(state: RunState, update: unknown): void {
  if (typeof update === 'object' && update !== null) state.context = { ...state.context, ...update };
}

function markPlan(state: RunState, id: string, status: PlanStep['status']): void {
  if (state.plan) state.plan = state.plan.map((step) => (step.id === id ? { ...step, status } : step));
}

/** An agent's span is its share of the run's progress, as the blueprint gives it. */
function raiseProgress(state: RunState, agent: AgentState): void {
  if (!agent.span) return;
  const [from, to] = agent.span;
  state.progress = Math.min(1, Math.max(state.progress, from + (to - from) * agent.progress));
}

function addUsage(state: RunState, usage: unknown): void {
  if (typeof usage !== 'object' || usage === null) return;
  const { inputTokens = 0, outputTokens = 0 } = usage as Partial<RunState['usage']>;
  state.usage = {
    inputTokens: state.usage.inputTokens + inputTokens,
    outputTokens: state.usage.outputTokens + outputTokens,
  };
}

/** The workflow sandbox has no structuredClone; a state is JSON by construction. */
function structuredCloneJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
