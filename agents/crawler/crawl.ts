/**
 * One attempt of a crawl, from wherever the last one left it.
 *
 *   starting ─▶ analyzing ─▶ sitemap ─────────▶ crawling ─▶ processing ─▶ storing ─▶ completed
 *                  │            │ is none          │ ▲
 *                  └────────────┴─▶ webpage ───────┘ └─ a person may raise the limit
 */
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import type { AddressGuard } from '../../runtime/public-address.ts';
import type { Knowledge } from '../../stores/knowledge/knowledge.ts';
import { purgeKnowledge } from '../../stores/knowledge/purge.ts';
import { isSameDomain, originOf, toAddress } from './address.ts';
import type { CrawlInput, CrawlResult } from './contract.ts';
import { CrawlJournal } from './crawl-journal.ts';
import type { DocumentReader } from './document-reader.ts';
import { FetchFault, offSite } from './fetch-fault.ts';
import { isOverLimit } from './frontier.ts';
import { limitAfter, limitQuestion } from './limit-question.ts';
import { type FetchOutcome, fetchOutcome, type VisitTools } from './page-visit.ts';
import { processPages, storePages } from './publish-pages.ts';
import { type CrawlMode, SiteWalk } from './site-walk.ts';
import { SiteRules } from './site-rules.ts';
import type { Sitemap } from './sitemap.ts';
import { walkSitemap } from './sitemap-walk.ts';
import { isReached } from './stage.ts';
import { WebFetcher } from './web-fetcher.ts';

export interface CrawlServices {
  knowledge: Knowledge;
  reader: DocumentReader;
  /** Which addresses may be connected to; null: all. */
  guard: AddressGuard | null;
}

/** Throws `target_forbidden`, `crawl_failed`, `run_moved`, or the reason of the context's signal. */
export async function crawl(
  ctx: AgentContext,
  input: CrawlInput,
  { knowledge, reader, guard }: CrawlServices,
): Promise<AgentResult<CrawlResult>> {
  const { run, step, owner, workId } = ctx;
  const state = knowledge.claimCrawl({ run, step }, owner, { workId });
  if (ctx.resumedFrom !== undefined && state.facts.stage === '')
    ctx.log.warn('what was crawled so far is not in this data folder: starting over', { resumedFrom: ctx.resumedFrom });
  const journal = new CrawlJournal(ctx, state);
  await journal.resume();
  const fetcher = new WebFetcher({ guard, connections: input.maxConcurrent });
  try {
    const tools = { fetcher, reader, rules: new SiteRules(fetcher) };
    const end = await new Crawl(ctx, input, journal, tools).run();
    await journal.settle();
    if ('done' in end) await purgeKnowledge(knowledge, ctx.signal);
    return end;
  } finally {
    await fetcher.close();
  }
}

class Crawl {
  readonly #ctx: AgentContext;
  readonly #input: CrawlInput;
  readonly #journal: CrawlJournal;
  readonly #tools: VisitTools;
  readonly #url: string;

  constructor(ctx: AgentContext, input: CrawlInput, journal: CrawlJournal, tools: VisitTools) {
    this.#ctx = ctx;
    this.#input = input;
    this.#journal = journal;
    this.#tools = tools;
    const url = toAddress(input.url);
    if (url === null) throw new BatonError('invalid_input', `${input.url} cannot be crawled`, { field: 'url' });
    this.#url = url;
  }

  async run(): Promise<AgentResult<CrawlResult>> {
    const { state } = this.#journal;
    if (state.facts.result === null) {
      if (!isReached(state.facts.stage, 'processing')) {
        const walk = isReached(state.facts.stage, 'crawling') ? this.#resumeWalk() : await this.#discover();
        const question = await this.#walk(walk);
        if (question) return question;
      }
      await this.#publish();
    }
    const result = JSON.parse(state.facts.result ?? 'null') as CrawlResult;
    return { done: result, message: `${result.pages} pages stored in ${result.chunks} chunks` };
  }

  /** From the address to the first addresses of the frontier. */
  async #discover(): Promise<SiteWalk> {
    const url = this.#url;
    await this.#journal.enter('starting', url);
    await this.#journal.enter('analyzing', url);
    let looked: FetchOutcome | null = null;
    // As it was given: the word may stand in the fragment, which is not fetched.
    if (this.#input.url.toLowerCase().includes('sitemap')) {
      await this.#journal.enter('sitemap', url);
      const onRedirect = (target: string) => {
        if (!isSameDomain(target, url)) throw offSite(target);
      };
      looked = await fetchOutcome(this.#tools.fetcher.fetch(url, this.#ctx.signal, { onRedirect }));
      const sitemap = looked instanceof FetchFault ? null : await this.#sitemapOf(looked.bytes, looked.url);
      if (sitemap) return await this.#discoverSitemap(sitemap);
    }
    await this.#journal.enter('webpage', url);
    const walk = this.#newWalk('webpage', originOf(url));
    if (looked) walk.remember(url, looked);
    await this.#enterCrawling(walk, [url]);
    return walk;
  }

  async #discoverSitemap(first: Sitemap): Promise<SiteWalk> {
    const { fetcher } = this.#tools;
    const { addresses, events } = await walkSitemap(this.#url, first, async (url) => {
      const fetched = await fetcher.fetch(url, this.#ctx.signal);
      return await this.#sitemapOf(fetched.bytes, fetched.url);
    });
    await this.#journal.commit({ events });
    const walk = this.#newWalk('sitemap', originOf(this.#url));
    await this.#enterCrawling(walk, addresses);
    return walk;
  }

  async #enterCrawling(walk: SiteWalk, urls: readonly string[]): Promise<void> {
    const seeds = await walk.seed(urls, this.#ctx.signal);
    await this.#journal.enter('crawling', this.#url, seeds, { total: walk.frontier.total });
  }

  async #sitemapOf(bytes: Uint8Array, url: string): Promise<Sitemap | null> {
    try {
      return await this.#tools.reader.sitemap(bytes, url, this.#ctx.signal);
    } catch (error) {
      if (error instanceof FetchFault) return null;
      throw error;
    }
  }

  #resumeWalk(): SiteWalk {
    const { mode, site } = this.#journal.state.facts;
    return this.#newWalk(mode === 'sitemap' ? 'sitemap' : 'webpage', site ?? originOf(this.#url));
  }

  #newWalk(mode: CrawlMode, site: string): SiteWalk {
    const limit = limitAfter(this.#input, this.#ctx.returned);
    const { tools, journal, ctx, input } = {
      tools: this.#tools,
      journal: this.#journal,
      ctx: this.#ctx,
      input: this.#input,
    };
    return new SiteWalk({ ctx, journal, tools, input, mode, site, limit });
  }

  /** Fetches what may be fetched. A question where a person may raise the limit, and there is more. */
  async #walk(walk: SiteWalk): Promise<AgentResult<CrawlResult> | null> {
    await walk.run();
    const { frontier } = walk;
    const limit = limitAfter(this.#input, this.#ctx.returned);
    if (limit.then === 'stop' || !isOverLimit(frontier) || frontier.settings.capacity <= limit.pages) return null;
    const ask = limitQuestion({
      url: this.#url,
      found: frontier.total,
      more: frontier.beyond > 0,
      processed: frontier.processed,
      failed: this.#journal.state.pages().filter(({ status }) => status === 'failed').length,
      limit: limit.pages,
    });
    return { ask };
  }

  async #publish(): Promise<void> {
    const { state } = this.#journal;
    const pages = state.pages();
    const good = pages.filter(({ status }) => status === 'ok').length;
    if (good === 0) throw this.#failure(pages);
    await this.#journal.enter('processing', this.#url);
    await processPages(this.#ctx, this.#journal, good);
    await this.#journal.enter('storing', this.#url);
    const processed = pages.filter(
      ({ status }) => status === 'ok' || status === 'failed' || status === 'ignored',
    ).length;
    const waiting = pages.filter(({ status }) => status === 'queued').length;
    await storePages(this.#ctx, this.#journal, this.#input, {
      url: this.#url,
      mode: state.facts.mode === 'sitemap' ? 'sitemap' : 'webpage',
      processed,
      found: processed + waiting,
      failedUrls: pages.filter(({ status }) => status === 'failed').map(({ url }) => url),
      limited: waiting > 0 || state.facts.beyond > 0,
    });
    this.#journal.progress('completed');
  }

  #failure(pages: readonly { url: string; status: string; reason: string | null }[]): BatonError {
    const failed = pages.find(({ reason }) => reason !== null);
    const details = { url: this.#url };
    if (failed?.reason?.startsWith('target_forbidden: '))
      return new BatonError('target_forbidden', failed.reason.slice('target_forbidden: '.length), details);
    if (failed)
      return new BatonError('crawl_failed', `no page could be read; ${failed.url}: ${failed.reason}`, details);
    const why =
      pages.length > 0 ? 'its robots.txt forbids it, or could not be read' : 'the sitemap lists no address of a page';
    return new BatonError('crawl_failed', `nothing of ${this.#url} may be read: ${why}`, details);
  }
}
