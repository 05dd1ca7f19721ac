/** The crawling stage: takes addresses from the frontier, visits them, and writes down what came of each. */
import type { AgentContext } from '../../protocol/agent.ts';
import { crawlPagesMax, crawlSkippedMax } from '../../protocol/limits.ts';
import type { CrawlChange } from '../../stores/knowledge/crawl-state.ts';
import { isSameDomain, isSameSite, originOf } from './address.ts';
import type { CrawlInput } from './contract.ts';
import type { CrawlJournal } from './crawl-journal.ts';
import { FetchFault, offSite } from './fetch-fault.ts';
import {
  type Address,
  createFrontier,
  crawlingPercentage,
  finish,
  type Frontier,
  note,
  offer,
  restoreProcessed,
  restoreQueued,
  take,
} from './frontier.ts';
import type { CrawlLimit } from './limit-question.ts';
import { type FetchOutcome, visitPage, type Visit, type VisitTools } from './page-visit.ts';

export type CrawlMode = 'sitemap' | 'webpage';

/** What the frontier and the disk are told of addresses that were found. */
type Discovery = Required<Pick<CrawlChange, 'add' | 'events'>>;

export class SiteWalk {
  readonly frontier: Frontier;
  readonly #ctx: AgentContext;
  readonly #journal: CrawlJournal;
  readonly #tools: VisitTools;
  readonly #input: CrawlInput;
  readonly #mode: CrawlMode;
  /** What the look at the start address has brought. */
  readonly #fetched = new Map<string, FetchOutcome>();
  #site: string;
  #skipped = 0;

  constructor(parts: {
    ctx: AgentContext;
    journal: CrawlJournal;
    tools: VisitTools;
    input: CrawlInput;
    mode: CrawlMode;
    /** Origin that a recursive crawl keeps to. */
    site: string;
    limit: CrawlLimit;
  }) {
    const { ctx, journal, tools, input, mode, site, limit } = parts;
    this.#ctx = ctx;
    this.#journal = journal;
    this.#tools = tools;
    this.#input = input;
    this.#mode = mode;
    this.#site = site;
    this.frontier = createFrontier(
      {
        maxDepth: mode === 'sitemap' ? 0 : input.maxDepth,
        limit: limit.pages,
        capacity: limit.then === 'ask' ? crawlPagesMax : limit.pages,
      },
      Math.max(crawlingPercentage, journal.state.facts.percentage),
    );
    this.frontier.beyond = journal.state.facts.beyond;
    for (const { url, depth, status } of journal.state.pages()) {
      if (status === 'queued') restoreQueued(this.frontier, { url, depth });
      else if (status === 'skipped' || status === 'alias') note(this.frontier, url);
      else restoreProcessed(this.frontier, url);
      if (status === 'skipped') this.#skipped += 1;
    }
  }

  /** The first addresses, as a change to be written down with the stage. */
  async seed(urls: readonly string[], signal: AbortSignal): Promise<CrawlChange> {
    const { allowed, add, events } = await this.#sift(urls, 0, signal);
    const added = offer(this.frontier, allowed);
    const set = { mode: this.#mode, site: this.#site, beyond: this.frontier.beyond };
    return { set, add: [...queued(added), ...add], events };
  }

  /** The page need not be fetched again: this is what came of it. */
  remember(url: string, outcome: FetchOutcome): void {
    this.#fetched.set(url, outcome);
  }

  /** Until nothing may be taken any more. On any error every fetch is stopped first. */
  async run(): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#ctx.signal, stop.signal]);
    const running = new Set<Promise<void>>();
    try {
      for (;;) {
        signal.throwIfAborted();
        while (running.size < this.#input.maxConcurrent) {
          const next = take(this.frontier);
          if (next === null) break;
          const page = this.#page(next, signal).finally(() => running.delete(page));
          running.add(page);
        }
        if (running.size === 0) return;
        await Promise.race(running);
      }
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(running);
      throw error;
    }
  }

  async #page(address: Address, signal: AbortSignal): Promise<void> {
    const aliases: Address[] = [];
    const visit = await visitPage(address.url, this.#tools, {
      signal,
      fetched: this.#fetched.get(address.url),
      mayFollow: (target) => this.#assertMayFollow(address, target, aliases, signal),
    });
    this.#fetched.delete(address.url);
    const found =
      'content' in visit ? await this.#follow(address, visit, signal) : { allowed: [], add: [], events: [] };
    const added = finish(this.frontier, address.url, found.allowed);
    const { processed, total, percentage, beyond } = this.frontier;
    const counts = { depth: address.depth, processed, total, percentage };
    await this.#journal.commit({
      set: { percentage, beyond, site: this.#site },
      finish: finished(address.url, visit),
      add: [...aliases.map((alias) => ({ ...alias, status: 'alias' as const })), ...queued(added), ...found.add],
      events: [{ kind: 'crawl.page', data: pageEvent(address.url, visit, counts, added.length) }, ...found.events],
    });
    this.#ctx.checkpoint({ stage: 'crawling', processed, total });
    this.#journal.progress(`${processed} of ${total} pages fetched`);
    if ('fault' in visit && !visit.fault.isIgnorable)
      this.#ctx.log.warn('a page failed', {
        url: address.url,
        reason: visit.fault.reason,
        message: visit.fault.message,
      });
  }

  /** The links that this crawl may take from a page. The first page's redirect may move the whole crawl within its domain. */
  async #follow(
    { depth }: Address,
    { finalUrl, content }: Extract<Visit, { content: unknown }>,
    signal: AbortSignal,
  ): Promise<Discovery & { allowed: Address[] }> {
    if (this.#mode === 'webpage' && depth === 0) this.#site = originOf(finalUrl);
    if (depth >= this.frontier.settings.maxDepth) return { allowed: [], add: [], events: [] };
    const links = content.links.filter((link) => isSameSite(link, this.#site));
    return await this.#sift(links, depth + 1, signal);
  }

  /** Parts new addresses into those that robots.txt allows and those that it does not, which are told once. */
  async #sift(
    urls: readonly string[],
    depth: number,
    signal: AbortSignal,
  ): Promise<Discovery & { allowed: Address[] }> {
    const allowed: Address[] = [];
    const forbidden: string[] = [];
    for (const url of urls) {
      if (this.frontier.known.has(url)) continue;
      if (await this.#isAllowed(url, signal)) allowed.push({ url, depth });
      else forbidden.push(url);
    }
    // From here on without waiting: what is noted is what is told.
    const told = forbidden.filter(
      (url) => this.#skipped < crawlSkippedMax && note(this.frontier, url) && ++this.#skipped,
    );
    return {
      allowed,
      add: told.map((url) => ({ url, depth, status: 'skipped' })),
      events: told.map((url) => ({ kind: 'crawl.skipped', data: { url, reason: 'robots' } })),
    };
  }

  async #isAllowed(url: string, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#tools.rules.of(url, signal)).allows(url);
    } catch (error) {
      // A site that cannot be reached has no rules; the visit will say why.
      if (error instanceof FetchFault) return true;
      throw error;
    }
  }

  async #assertMayFollow(from: Address, target: string, aliases: Address[], signal: AbortSignal): Promise<void> {
    const isWithin = from.depth === 0 ? isSameDomain : isSameSite;
    if (this.#mode === 'webpage' && !isWithin(target, this.#site)) throw offSite(target);
    if (!(await this.#isAllowed(target, signal)))
      throw new FetchFault('robots', `redirected to ${target}, which robots.txt forbids`);
    const isOwn = target === from.url || aliases.some(({ url }) => url === target);
    if (isOwn) return;
    if (!note(this.frontier, target))
      throw new FetchFault('duplicate', `redirected to ${target}, which is known already`);
    aliases.push({ url: target, depth: from.depth });
  }
}

function queued(addresses: readonly Address[]): { url: string; depth: number; status: 'queued' }[] {
  return addresses.map((address) => ({ ...address, status: 'queued' }));
}

function finished(url: string, visit: Visit): NonNullable<CrawlChange['finish']> {
  if ('content' in visit) return { url, status: 'ok', title: visit.content.title, text: visit.content.text };
  const { isIgnorable, reason, message } = visit.fault;
  return { url, status: isIgnorable ? 'ignored' : 'failed', reason: `${reason}: ${message}` };
}

function pageEvent(url: string, visit: Visit, counts: Record<string, number>, links: number): Record<string, unknown> {
  if ('content' in visit) {
    const { finalUrl, content } = visit;
    const { title, text } = content;
    const moved = finalUrl === url ? {} : { finalUrl };
    return { url, status: 'ok', ...counts, ...moved, title, characters: text.length, links };
  }
  const { isIgnorable, reason, message, httpStatus } = visit.fault;
  const status = isIgnorable ? 'ignored' : 'failed';
  return { url, status, ...counts, reason, message, ...(httpStatus === undefined ? {} : { httpStatus }) };
}
