import { defineBlueprint } from '../../../../workflows/supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'bench-hold',
  agents: { 'bench-holder': {} },
  policy: (_state, last) =>
    last.length > 0 ? { goto: 'end', reason: 'it is done' } : { goto: { agent: 'bench-holder' }, reason: 'once' },
});
