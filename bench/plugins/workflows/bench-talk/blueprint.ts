import { defineBlueprint } from '../../../../workflows/supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'bench-talk',
  agents: { 'bench-talker': {} },
  policy: (_state, last) =>
    last.length > 0 ? { goto: 'end', reason: 'all is said' } : { goto: { agent: 'bench-talker' }, reason: 'talk' },
});
