/** What a site's robots.txt says to this crawler (RFC 9309). Pure. */
import robotsParser from 'robots-parser';
import { crawlDelayMaxMs, crawlRobotsBytes } from '../../protocol/limits.ts';
import { decodeText } from './decode-text.ts';

// The package exports a function and its types say an object with it: the types are for bundlers.
const parse = robotsParser as unknown as typeof robotsParser.default;

/** The product token: groups for it win over `*`. */
export const robotsAgent = 'baton-crawler';

export interface RobotsRules {
  allows: (address: string) => boolean;
  /** Between the beginnings of two fetches. */
  delayMs: number;
}

export const everythingAllowed: RobotsRules = { allows: () => true, delayMs: 0 };

/** A site whose robots.txt cannot be had (5xx, silence) may not be crawled (RFC 9309, 2.3.1.4). */
export const nothingAllowed: RobotsRules = { allows: () => false, delayMs: 0 };

export function parseRobots(origin: string, bytes: Uint8Array): RobotsRules {
  const robots = parse(`${origin}/robots.txt`, decodeText(bytes.subarray(0, crawlRobotsBytes), 'utf-8'));
  const delaySeconds = robots.getCrawlDelay(robotsAgent) ?? 0;
  return {
    allows: (address) => robots.isAllowed(address, robotsAgent) ?? true,
    delayMs: Math.min(Math.max(delaySeconds, 0) * 1_000, crawlDelayMaxMs),
  };
}
