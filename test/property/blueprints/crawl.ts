import type { Row } from './story.ts';

const steps = ['crawler#1'];

export const row: Row = {
  blueprint: 'crawl',
  stories: [
    {
      title: 'a site that a person lets it read beyond the limit',
      messages: ({ site }) => [
        { input: { url: site.url, maxPages: 2 }, steps, ends: { status: 'completed', progress: 1 } },
      ],
      answer: () => ({ continue: true }),
    },
    {
      title: 'a sitemap',
      isLong: true,
      messages: ({ site }) => [{ input: { url: `${site.url}sitemap.xml` }, steps, ends: { status: 'completed' } }],
    },
  ],
};
