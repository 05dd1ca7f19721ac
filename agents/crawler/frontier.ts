/**
 * Which addresses of a crawl are known, waiting, under way and done. Pure: no I/O, no clock.
 *
 *   offer ─▶ queued ─take─▶ in flight ─finish─▶ processed
 *   note  ─▶ known, never counted (forbidden by robots.txt, or found behind a redirect)
 *
 * Each address is taken once, in the order in which it was found (breadth first). Functions change the frontier they
 * are given. A page counts as processed in the same step that adds its links, and the percentage never falls.
 */
export interface Address {
  url: string;
  /** Links away from the first page. */
  depth: number;
}

export interface FrontierSettings {
  maxDepth: number;
  /** Pages that may be processed. */
  limit: number;
  /** Addresses that are kept at all. At least `limit`. */
  capacity: number;
}

export interface Frontier {
  readonly settings: FrontierSettings;
  readonly known: Set<string>;
  readonly queue: Address[];
  /** Of the queue, how many have been taken. */
  taken: number;
  readonly inFlight: Set<string>;
  processed: number;
  /** Addresses that count: processed, in flight and queued. */
  total: number;
  /** Found and not kept, because the frontier is full. May count an address twice. */
  beyond: number;
  percentage: number;
}

/** From here on a crawl's percentage is earned by pages, up to 60. */
export const crawlingPercentage = 15;
const crawlingSpan = 45;

export function createFrontier(settings: FrontierSettings, percentage = crawlingPercentage): Frontier {
  return {
    settings,
    known: new Set(),
    queue: [],
    taken: 0,
    inFlight: new Set(),
    processed: 0,
    total: 0,
    beyond: 0,
    percentage,
  };
}

/** An address that was processed in an earlier attempt. */
export function restoreProcessed(frontier: Frontier, url: string): void {
  frontier.known.add(url);
  frontier.processed += 1;
  frontier.total += 1;
}

/** An address that was found in an earlier attempt and not processed: it is kept, whatever the settings say now. */
export function restoreQueued(frontier: Frontier, address: Address): void {
  frontier.known.add(address.url);
  frontier.queue.push(address);
  frontier.total += 1;
}

/** Returns those that are new and were queued. */
export function offer(frontier: Frontier, addresses: Iterable<Address>): Address[] {
  const added: Address[] = [];
  for (const address of addresses) {
    if (address.depth > frontier.settings.maxDepth || frontier.known.has(address.url)) continue;
    if (frontier.total >= frontier.settings.capacity) {
      frontier.beyond += 1;
      continue;
    }
    restoreQueued(frontier, address);
    added.push(address);
  }
  return added;
}

/** Marks an address as known without counting it. False if it already was. */
export function note(frontier: Frontier, url: string): boolean {
  if (frontier.known.has(url)) return false;
  frontier.known.add(url);
  return true;
}

/** The next address to fetch; null when there is none or the limit is reached. */
export function take(frontier: Frontier): Address | null {
  if (frontier.processed + frontier.inFlight.size >= frontier.settings.limit) return null;
  const next = frontier.queue[frontier.taken];
  if (next === undefined) return null;
  frontier.taken += 1;
  frontier.inFlight.add(next.url);
  return next;
}

/** Ends what `take` began. Returns the links that are new and were queued. */
export function finish(frontier: Frontier, url: string, links: Iterable<Address>): Address[] {
  if (!frontier.inFlight.delete(url)) throw new Error(`${url} is not in flight`);
  const added = offer(frontier, links);
  frontier.processed += 1;
  const earned = crawlingPercentage + Math.floor((crawlingSpan * frontier.processed) / frontier.total);
  frontier.percentage = Math.max(frontier.percentage, earned);
  return added;
}

/** Whether there is more than the limit allows, once nothing is in flight. */
export function isOverLimit(frontier: Frontier): boolean {
  return frontier.taken < frontier.queue.length || frontier.beyond > 0;
}
