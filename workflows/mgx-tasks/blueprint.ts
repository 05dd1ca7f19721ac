/** product manager ─▶ architect ─▶ project manager ─▶ engineer ─▶ QA engineer ─▶ end. Replayed. */
import { defineBlueprint, type RosterEntry } from '../supervisor/define-blueprint.ts';
import { roles } from './roles.ts';

export const blueprint = defineBlueprint({
  name: 'mgx-tasks',
  agents: Object.fromEntries(roles.map(({ agent, span }): [string, RosterEntry] => [agent, { span }])),
  policy: (_state, last) => {
    const done = roles.findIndex(({ agent }) => agent === last[0]?.agent);
    const next = roles[done + 1];
    return next === undefined
      ? { goto: 'end', reason: 'the team has delivered' }
      : { goto: { agent: next.agent }, reason: `it is the ${next.role}'s turn` };
  },
});
