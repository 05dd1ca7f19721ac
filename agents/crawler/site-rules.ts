/** robots.txt of every site a crawl touches, fetched once each, and the pace that it asks for. */
import { setTimeout as delay } from 'node:timers/promises';
import { originOf } from './address.ts';
import { FetchFault, type FetchReason } from './fetch-fault.ts';
import { everythingAllowed, nothingAllowed, parseRobots, type RobotsRules } from './robots-rules.ts';
import type { WebFetcher } from './web-fetcher.ts';

/** The site itself is at fault then: its pages fail for the same reason, and are not fetched. */
const unreachable: ReadonlySet<FetchReason> = new Set(['target_forbidden', 'network', 'timeout']);

export class SiteRules {
  readonly #fetcher: WebFetcher;
  readonly #rules = new Map<string, Promise<RobotsRules>>();
  readonly #nextTurn = new Map<string, number>();

  constructor(fetcher: WebFetcher) {
    this.#fetcher = fetcher;
  }

  /** Rules of the address's site. Throws a `FetchFault` where the site cannot be reached, or the signal's reason. */
  of(address: string, signal: AbortSignal): Promise<RobotsRules> {
    const origin = originOf(address);
    const known = this.#rules.get(origin) ?? this.#load(origin, signal);
    this.#rules.set(origin, known);
    return known;
  }

  /** Waits until the address's site may be asked again. */
  async turn(address: string, signal: AbortSignal): Promise<void> {
    const { delayMs } = await this.of(address, signal);
    if (delayMs === 0) return;
    const origin = originOf(address);
    const now = Date.now();
    const turn = Math.max(now, this.#nextTurn.get(origin) ?? 0);
    this.#nextTurn.set(origin, turn + delayMs);
    await delay(turn - now, undefined, { signal });
  }

  async #load(origin: string, signal: AbortSignal): Promise<RobotsRules> {
    try {
      const { bytes } = await this.#fetcher.fetch(`${origin}/robots.txt`, signal);
      return parseRobots(origin, bytes);
    } catch (error) {
      if (!(error instanceof FetchFault) || unreachable.has(error.reason)) throw error;
      const isAbsent = (error.httpStatus ?? 0) >= 300 && (error.httpStatus ?? 0) < 500;
      return isAbsent || error.reason === 'too_many_redirects' ? everythingAllowed : nothingAllowed;
    }
  }
}
