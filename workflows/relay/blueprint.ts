/** Fed from outside. Replayed. */
import { defineBlueprint } from '../supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'relay',
  agents: {},
  policy: () => ({ goto: 'end', reason: 'a relay decides nothing' }),
  relay: true,
});
