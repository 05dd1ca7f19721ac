/** Fetches and reads one page of a crawl, or says why there is none. */
import { FetchFault } from './fetch-fault.ts';
import type { DocumentReader } from './document-reader.ts';
import type { PageContent } from './read-page.ts';
import type { SiteRules } from './site-rules.ts';
import type { Fetched, WebFetcher } from './web-fetcher.ts';

const readable: ReadonlySet<string> = new Set(['text/html', 'text/plain', 'text/markdown']);

export type Visit = { finalUrl: string; content: PageContent } | { fault: FetchFault };

export interface VisitTools {
  fetcher: WebFetcher;
  rules: SiteRules;
  reader: DocumentReader;
}

/**
 * `mayFollow` throws a `FetchFault` where a redirect leads to what this crawl does not fetch.
 * `fetched` is what a look at the address has already brought, so that it is not fetched twice.
 */
export async function visitPage(
  url: string,
  { fetcher, rules, reader }: VisitTools,
  options: { signal: AbortSignal; mayFollow: (target: string) => Promise<void>; fetched?: FetchOutcome | undefined },
): Promise<Visit> {
  const { signal, mayFollow } = options;
  try {
    const outcome = options.fetched ?? (await fetchPaced());
    if (outcome instanceof FetchFault) throw outcome;
    // What a look has brought was not asked about on its way.
    if (options.fetched && outcome.url !== url) await mayFollow(outcome.url);
    assertReadable(outcome);
    const content = await reader.page(outcome, signal);
    return { finalUrl: outcome.url, content };
  } catch (error) {
    if (error instanceof FetchFault) return { fault: error };
    throw error;
  }

  async function fetchPaced(): Promise<Fetched> {
    await rules.turn(url, signal);
    return await fetcher.fetch(url, signal, { accepts: (mediaType) => readable.has(mediaType), onRedirect: mayFollow });
  }
}

export type FetchOutcome = Fetched | FetchFault;

/** A fault as a value; anything else is thrown. */
export async function fetchOutcome(fetching: Promise<Fetched>): Promise<FetchOutcome> {
  try {
    return await fetching;
  } catch (error) {
    if (error instanceof FetchFault) return error;
    throw error;
  }
}

function assertReadable({ mediaType }: Fetched): void {
  if (!readable.has(mediaType)) throw new FetchFault('unsupported_type', `it is ${mediaType || 'of no type'}`);
}
