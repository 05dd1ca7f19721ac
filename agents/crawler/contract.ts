import { z } from 'zod';
import type { AgentContract } from '../../protocol/agent.ts';
import {
  crawlConcurrentDefault,
  crawlConcurrentMax,
  crawlDepthDefault,
  crawlDepthMax,
  crawlPagesDefault,
  crawlPagesMax,
  crawlTagCharacters,
  crawlTagsMax,
  crawlUrlCharacters,
} from '../../protocol/limits.ts';

const within = (low: number, high: number, initial: number) => z.int().min(low).max(high).default(initial);

export const crawlInputSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(crawlUrlCharacters)
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'must not carry a user name or password')
    .describe('a sitemap if it contains the word, else the first page; http or https'),
  maxDepth: within(0, crawlDepthMax, crawlDepthDefault).describe(
    'links away from the first page; 0 is that page alone',
  ),
  maxConcurrent: within(1, crawlConcurrentMax, crawlConcurrentDefault).describe('fetches under way at once'),
  maxPages: within(1, crawlPagesMax, crawlPagesDefault).describe('pages that are fetched at all'),
  onLimit: z
    .enum(['ask', 'stop'])
    .default('ask')
    .describe('where a site has more than maxPages: a person is asked, or the crawl keeps to the limit'),
  tags: z
    .array(z.string().min(1).max(crawlTagCharacters))
    .max(crawlTagsMax)
    .default([])
    .describe('kept with the source, for lists'),
  knowledgeType: z.string().max(crawlTagCharacters).optional().describe("the caller's own word, kept with the run"),
});
export type CrawlInput = z.infer<typeof crawlInputSchema>;

export const crawlResultSchema = z.object({
  url: z.string(),
  sourceId: z.string().describe('the source in the knowledge store'),
  mode: z.enum(['sitemap', 'webpage']),
  pages: z.int().describe('pages that were read and stored'),
  chunks: z.int(),
  words: z.int(),
  processed: z.int().describe('pages that were fetched, with what came of them or not'),
  found: z.int().describe('addresses that were found and count'),
  failedUrls: z.array(z.string()),
  limited: z.boolean().describe('whether the site has more than was fetched'),
});
export type CrawlResult = z.infer<typeof crawlResultSchema>;

/**
 * Events of a crawl, as `kind` of `agent.emitted`, in this order; after a crash the last ones may be told twice,
 * with the same `processed` or stage:
 *
 *   crawl.stage    {stage, percentage, url}   stage: starting 0, analyzing 5, sitemap 10, webpage 10, crawling 15,
 *                                             processing 65, storing 80, completed 100; a sitemap that is none is
 *                                             followed by webpage; none else is skipped. With crawling: total, the
 *                                             addresses that are known then
 *   crawl.sitemap  {url, addresses}, or {url, reason, message} where one cannot be read
 *   crawl.page     {url, status, depth, processed, total, percentage}, and with status
 *                    ok       title, characters, links (found new); finalUrl after a redirect
 *                    failed   reason, message, httpStatus?: it stands in failedUrls
 *                    ignored  reason, message: of another type, or known already behind its redirect
 *   crawl.skipped  {url, reason: 'robots'}    not counted
 *   crawl.stored   {sourceId, pages, chunks, words}
 */
export const contract: AgentContract<CrawlInput, CrawlResult> = {
  name: 'crawler',
  description: 'Crawls a web site or its sitemap, turns the pages into text and stores them for search.',
  input: crawlInputSchema,
  output: crawlResultSchema,
  progress: 'milestones',
  repeatable: true,
};
