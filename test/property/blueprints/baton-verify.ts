import type { Row } from './story.ts';

export const row: Row = {
  blueprint: 'baton-verify',
  stories: [
    {
      title: 'two runs that fit',
      messages: async ({ endedRun }) => {
        const runs = await Promise.all([endedRun(), endedRun()]);
        const counts = { counts: { same: 2 } };
        return [{ input: { runs }, steps: ['verify-runs#1'], ends: { status: 'completed', result: counts } }];
      },
    },
  ],
};
