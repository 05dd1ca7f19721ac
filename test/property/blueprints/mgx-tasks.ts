import type { Row } from './story.ts';

const team = ['product-manager', 'architect', 'project-manager', 'engineer', 'qa-engineer'];

export const row: Row = {
  blueprint: 'mgx-tasks',
  stories: [
    {
      title: 'a team that works without a model',
      messages: () => [
        {
          input: { prompt: 'A page that lists my books', testMode: true },
          steps: team.map((role) => `mgx-${role}#1`),
          ends: { status: 'completed' },
        },
      ],
    },
  ],
};
