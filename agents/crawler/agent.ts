import { type Agent, defineAgent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import { assertPublicAddress } from '../../runtime/public-address.ts';
import { type Knowledge, openKnowledge } from '../../stores/knowledge/knowledge.ts';
import { contract, type CrawlInput, type CrawlResult } from './contract.ts';
import { crawl } from './crawl.ts';
import { DocumentReader } from './document-reader.ts';

/** The knowledge store is opened, and the reader's thread started, by the first crawl. */
export function createCrawler(config: Pick<Config, 'dataDir' | 'CRAWL_ALLOW_PRIVATE'>): Agent<CrawlInput, CrawlResult> {
  const reader = new DocumentReader();
  const guard = config.CRAWL_ALLOW_PRIVATE ? null : assertPublicAddress;
  let knowledge: Knowledge | null = null;
  return defineAgent({
    contract,
    run: async (ctx, input) => {
      knowledge ??= openKnowledge(config.dataDir);
      return await crawl(ctx, input, { knowledge, reader, guard });
    },
    close: async () => {
      await reader.close();
      knowledge?.close();
      knowledge = null;
    },
  });
}

export const agents = (config: Config): Agent[] => [createCrawler(config)];
