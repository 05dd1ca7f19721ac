import { anonymous } from '../../harness/baton.ts';
import type { Row } from './story.ts';

export const row: Row = {
  blueprint: 'relay',
  stories: [
    {
      title: 'a publisher outside',
      messages: () => [{ input: {}, steps: ['publisher#1'], ends: { status: 'completed', result: { checked: 3 } } }],
      play: async ({ gateway }, run, how) => {
        const { runs } = gateway.baton.engine;
        const progress = { fraction: 0.5, message: 'half of it' };
        await runs.publish(run, { kind: 'check.begun', data: {}, progress }, anonymous);
        const end =
          how === 'well'
            ? { status: 'completed' as const, result: { checked: 3 } }
            : { status: 'failed' as const, message: 'gave up by plan' };
        await runs.publish(run, { kind: 'check.ended', data: {}, end }, anonymous);
      },
      repeatsNothing: 'no agent of Baton works in it: who publishes is asked for nothing',
    },
  ],
};
