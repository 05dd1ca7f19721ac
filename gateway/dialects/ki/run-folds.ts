/** How a session's runs begin and end. */
import { supervisorNode, type KiState } from './ki-state.ts';
import type { Fault, RunEnd } from './message.ts';
import { recordOf, textOf, type Fold, type Telling } from './telling.ts';

export const runFolds: Readonly<Record<string, Fold>> = {
  'run.started': (telling, { seq, at, data }) =>
    begin(telling, { seq, at, hold: data['hold'] === true }, data['input']),
  'run.continued': (telling, { seq, at, data }) =>
    begin(telling, { seq, at, hold: data['hold'] === true }, data['input']),
  'run.retried': (telling, { seq, at }) => begin(telling, { seq, at, hold: false }),
  'run.reset': (telling, { seq, at, data }) =>
    begin(telling, { seq, at, hold: false }, recordOf(data['edits'])['input']),
  'run.begun': (telling) => {
    if (telling.state.status === 'idle') telling.set({ status: 'running' });
  },
  'run.completed': (telling, { at, data }) => {
    const result = recordOf(data['result']);
    const { status } = result;
    end(telling, at, status === 'rejected' || status === 'timed_out' ? status : 'completed', { result, error: null });
  },
  'run.failed': (telling, { at, data }) => {
    const { code, message } = recordOf(data['error']);
    const error = { code: codeOf(code), message: textOf(message, 'the run failed') };
    end(telling, at, 'failed', { result: null, error });
  },
  'run.cancelled': (telling, { at }) => end(telling, at, 'cancelled', { result: null, error: null }),
  'run.terminated': (telling, { at }) => end(telling, at, 'cancelled', { result: null, error: null }),
  'run.timed_out': (telling, { at }) => {
    const error = { code: 'wall_time_limit', message: 'the run took longer than it may' };
    end(telling, at, 'failed', { result: null, error });
  },
};

/** Codes that say something to a client of this system; whatever else an agent failed with is `agent_failed`. */
const ownCodes = new Set([
  'workspace_not_found',
  'workspace_forbidden',
  'iteration_limit',
  'wall_time_limit',
  'budget_limit',
  'model_refused',
]);

function codeOf(code: unknown): string {
  return typeof code === 'string' && ownCodes.has(code) ? code : 'agent_failed';
}

function begin(telling: Telling, { seq, at, hold }: { seq: number; at: string; hold: boolean }, input?: unknown): void {
  telling.closeAll('the run went on elsewhere');
  const changes: Partial<KiState> = {
    beganAt: seq,
    status: hold ? 'idle' : 'running',
    iteration: 0,
    node: supervisorNode,
    open: [],
    delegatedTo: null,
    pending: [],
    result: null,
    error: null,
    startedAt: at,
    finishedAt: null,
  };
  const { workspacePath } = recordOf(input);
  telling.set({
    ...changes,
    ...(input === undefined ? {} : { workspacePath: typeof workspacePath === 'string' ? workspacePath : null }),
  });
}

function end(
  telling: Telling,
  at: string,
  status: RunEnd,
  { result, error }: { result: Record<string, unknown> | null; error: Fault | null },
): void {
  telling.closeAll(error?.message ?? 'the run was ended');
  // Every end has a number with it, so that who names a number has the end, or has not.
  telling.routed(telling.state.node, 'end');
  telling.set({ status, open: [], delegatedTo: null, pending: [], result, error, finishedAt: at });
  const { session } = telling.state;
  telling.tellWithLast({ type: 'workflow_complete', session_id: session, status, result, error, timestamp: at });
}
