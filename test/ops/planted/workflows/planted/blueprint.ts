import { defineBlueprint } from '../../../../../workflows/supervisor/define-blueprint.ts';

interface PlantedInput {
  mark: string;
  how: string;
}

const word = (mark: string, place: string) => `${mark}${place}-tern`;

export const blueprint = defineBlueprint({
  name: 'planted',
  agents: {
    planter: {
      maxAttempts: 2,
      retryIntervalMs: 50,
      input: (_state: unknown, input: unknown) => {
        const { mark, how } = input as PlantedInput;
        return { mark, how };
      },
    },
  },
  policy: (state, _last, input) => {
    const { mark } = input as PlantedInput;
    return state.iteration === 0
      ? { goto: { agent: 'planter', instructions: word(mark, 'instructions') }, reason: word(mark, 'why') }
      : { goto: 'end', reason: 'done', result: word(mark, 'outcome') };
  },
});
