import { crawlInputSchema } from '../../agents/crawler/contract.ts';
import { defineContract } from '../../protocol/blueprint.ts';
import { crawlConcurrentDefault, crawlDepthDefault, crawlPagesDefault } from '../../protocol/limits.ts';

export const contract = defineContract({
  name: 'crawl',
  description:
    'Crawls a web site or a sitemap, cuts the pages into chunks and stores them for search; asks a person when the site is larger than the limit',
  input: crawlInputSchema,
  agents: ['crawler'],
  searchable: ({ url }) => ({ host: new URL(url).host }),
  example: {
    url: 'https://example.com/',
    maxDepth: crawlDepthDefault,
    maxConcurrent: crawlConcurrentDefault,
    maxPages: crawlPagesDefault,
    onLimit: 'ask',
    tags: [],
  },
});
