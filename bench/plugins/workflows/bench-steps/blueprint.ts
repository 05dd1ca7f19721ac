import { defineBlueprint } from '../../../../workflows/supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'bench-steps',
  agents: { 'bench-even': {}, 'bench-odd': {} },
  limits: { iterations: 1_000_000 },
  policy: ({ iteration: index }, _last, input) =>
    index === (input as { steps: number }).steps
      ? { goto: 'end', reason: 'all steps are done' }
      : { goto: { agent: index % 2 === 0 ? 'bench-even' : 'bench-odd', input: { index } }, reason: 'the next step' },
});
