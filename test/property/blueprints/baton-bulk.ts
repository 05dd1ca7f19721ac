import type { Row } from './story.ts';

const blob = 'the list is in the order in which the runs were found, and what it is called follows from it';

export const row: Row = {
  blueprint: 'baton-bulk',
  stories: [
    {
      title: 'a job that forks two runs',
      messages: async ({ endedRun }) => {
        const ids = await Promise.all([endedRun(), endedRun()]);
        return [
          {
            input: { action: 'fork', filter: { ids: ids.join(',') }, perSecond: 50 },
            steps: ['bulk-select#1', 'bulk-act#1'],
            ends: { status: 'completed', result: { count: 2, done: 2, refused: 0, failed: 0, codes: {} } },
          },
        ];
      },
    },
    {
      title: 'a dry run of a job',
      isLong: true,
      messages: async ({ endedRun }) => {
        const input = { action: 'retry', filter: { ids: await endedRun() }, dryRun: true };
        return [{ input, steps: ['bulk-select#1'], ends: { status: 'completed' } }];
      },
      differs: { 'result.selected.blob': blob },
    },
  ],
};
