/** line-counter ─▶ end. Replayed. */
import { defineBlueprint } from '../../../../workflows/supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'line-count',
  agents: { 'line-counter': { maxAttempts: 3, timeoutMs: 60_000, span: [0, 1] } },
  policy: (_state, last) =>
    last.length === 0
      ? { goto: { agent: 'line-counter' }, reason: 'the lines are to be counted' }
      : { goto: 'end', reason: 'every line is counted' },
});
