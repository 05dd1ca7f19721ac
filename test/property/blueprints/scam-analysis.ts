import type { Row } from './story.ts';

const text = 'Final notice: pay at http://parcel-redelivery-fee.example/ or call +1 202 555 0114';

export const row: Row = {
  blueprint: 'scam-analysis',
  stories: [
    {
      title: 'a message with an address and a number',
      messages: () => [{ input: { text }, steps: ['scam-analyst#1'], ends: { status: 'completed' } }],
    },
  ],
};
