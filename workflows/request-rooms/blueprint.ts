/** thought-agent ─▶ planner-agent ─▶ executor-agent ─▶ end. Replayed. */
import { roomsExecutorMs } from '../../protocol/limits.ts';
import { defineBlueprint } from '../supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'request-rooms',
  agents: {
    'thought-agent': { span: [0, 0.05] },
    'planner-agent': { span: [0.05, 0.1] },
    'executor-agent': { span: [0.1, 1], timeoutMs: roomsExecutorMs },
  },
  policy: (_state, [last]) => {
    if (last === undefined)
      return { goto: { agent: 'thought-agent' }, reason: 'what is asked for must be understood first' };
    if (last.agent === 'thought-agent') return { goto: { agent: 'planner-agent' }, reason: 'it needs a plan' };
    if (last.agent === 'planner-agent' && last.status === 'completed')
      return { goto: { agent: 'executor-agent', input: last.result }, reason: 'the plan is made' };
    return { goto: 'end', reason: 'every step has run' };
  },
});
