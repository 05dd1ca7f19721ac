/** Follows a sitemap and the indexes it may be, level by level, to the addresses of pages. */
import { crawlPagesMax, crawlSitemapFilesMax, crawlSitemapLevels } from '../../protocol/limits.ts';
import type { CrawlEvent } from '../../stores/knowledge/crawl-state.ts';
import { FetchFault } from './fetch-fault.ts';
import type { Sitemap } from './sitemap.ts';

export interface SitemapWalk {
  /** In the order of the sitemaps, each once; at most one more than a crawl may have. */
  addresses: string[];
  events: CrawlEvent[];
}

/**
 * `read` fetches and reads a sitemap; null where it is none. A sitemap that fails is told of and left out.
 * Levels below the first are followed as far as the limits say.
 */
export async function walkSitemap(
  url: string,
  first: Sitemap,
  read: (url: string) => Promise<Sitemap | null>,
): Promise<SitemapWalk> {
  const addresses = new Set<string>();
  const events: CrawlEvent[] = [];
  const seen = new Set([url]);
  let level: { url: string; sitemap: Sitemap }[] = [{ url, sitemap: first }];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const { url: at, sitemap } of level) {
      events.push({ kind: 'crawl.sitemap', data: { url: at, addresses: sitemap.addresses.length } });
      for (const address of sitemap.addresses) {
        if (addresses.size > crawlPagesMax) return { addresses: [...addresses], events };
        if (sitemap.kind === 'urlset') {
          addresses.add(address);
          continue;
        }
        if (depth >= crawlSitemapLevels || seen.has(address) || seen.size >= crawlSitemapFilesMax) continue;
        seen.add(address);
        const child = await readOne(address, read);
        if ('kind' in child && 'addresses' in child) next.push({ url: address, sitemap: child });
        else events.push({ kind: 'crawl.sitemap', data: { url: address, ...child } });
      }
    }
    level = next;
  }
  return { addresses: [...addresses], events };
}

async function readOne(
  url: string,
  read: (url: string) => Promise<Sitemap | null>,
): Promise<Sitemap | { reason: string; message: string }> {
  try {
    return (await read(url)) ?? { reason: 'unreadable', message: 'it is no sitemap' };
  } catch (error) {
    if (!(error instanceof FetchFault)) throw error;
    return { reason: error.reason, message: error.message };
  }
}
