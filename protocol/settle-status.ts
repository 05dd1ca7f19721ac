/** Whether an open run is running, waiting or paused. Replayed: no I/O, no clock, no randomness. */
import type { RunState } from './schemas/state.ts';

/**
 * `waiting` means that a person is waited for and no agent is at work; `paused` that nothing goes on until somebody lets
 * it: the run between two steps, or every step that is open.
 */
export function settleStatus(state: RunState): void {
  if (state.status !== 'running' && state.status !== 'waiting' && state.status !== 'paused') return;
  const isOpen = state.questions.some((question) => question.status === 'open');
  const isWorking = state.current.some((step) => isAtWork(state, step));
  const isHeld =
    state.current.length === 0 ? state.paused !== undefined : state.current.some((step) => isPaused(state, step));
  if (isWorking) state.status = 'running';
  else if (isOpen) state.status = 'waiting';
  else state.status = isHeld ? 'paused' : 'running';
}

/** An agent is shown by its newest step alone: of others the open questions tell. */
function isAtWork(state: RunState, step: string): boolean {
  const isAsking = state.questions.some((question) => question.status === 'open' && question.step === step);
  const shown = Object.values(state.agents).find((agent) => agent.step === step);
  return !isAsking && shown?.status !== 'delegating' && shown?.paused !== true;
}

function isPaused(state: RunState, step: string): boolean {
  return Object.values(state.agents).some((agent) => agent.step === step && agent.paused === true);
}
