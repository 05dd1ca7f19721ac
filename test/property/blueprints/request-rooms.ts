import type { Row } from './story.ts';

const steps = ['thought-agent#1', 'planner-agent#1', 'executor-agent#1'];
const userQuery = 'calculate 6*7; wait 20ms; summarize';

export const row: Row = {
  blueprint: 'request-rooms',
  stories: [
    {
      title: 'a request that asks first',
      messages: () => [{ input: { userQuery, context: { askFirst: true } }, steps, ends: { status: 'completed' } }],
      answer: () => 'metres',
    },
    {
      title: 'a request that nobody answers in time',
      isLong: true,
      messages: () => [
        {
          input: { userQuery, context: { askFirst: true, questionTimeoutSeconds: 1 } },
          steps,
          ends: { status: 'completed' },
        },
      ],
      answer: () => null,
    },
  ],
};
