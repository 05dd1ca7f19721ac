/** scam-analyst ─▶ end. Replayed. */
import { defineBlueprint } from '../supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'scam-analysis',
  agents: { 'scam-analyst': { span: [0, 1] } },
  policy: (_state, last) =>
    last.length === 0
      ? { goto: { agent: 'scam-analyst' }, reason: 'the message is to be checked' }
      : { goto: 'end', reason: 'the evidence is weighed' },
});
