/** verify-runs ─▶ end. Replayed. */
import { defineBlueprint } from '../supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'baton-verify',
  agents: { 'verify-runs': { timeoutMs: 24 * 60 * 60_000, maxAttempts: 10, retryIntervalMs: 1_000, span: [0, 1] } },
  policy: (_state, last) =>
    last.length === 0
      ? { goto: { agent: 'verify-runs' }, reason: 'the histories are to be replayed' }
      : { goto: 'end', reason: 'each run has its verdict' },
});
