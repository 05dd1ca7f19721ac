import { describe, expect, test } from 'vitest';
import { crawlDelayMaxMs } from '../../protocol/limits.ts';
import { parseRobots } from './robots-rules.ts';

const origin = 'http://site.test:8080';
const rules = (text: string) => parseRobots(origin, Buffer.from(text));

describe('robots.txt', () => {
  test('forbids by prefix for everybody, and the longest rule wins', () => {
    const { allows } = rules('User-agent: *\nDisallow: /private\nAllow: /private/open\n');
    expect(allows(`${origin}/private/x`)).toBe(false);
    expect(allows(`${origin}/private/open/x`)).toBe(true);
    expect(allows(`${origin}/`)).toBe(true);
  });

  test("has a group of this crawler's own before that for everybody", () => {
    const { allows } = rules('User-agent: *\nDisallow: /\n\nUser-agent: baton-crawler\nDisallow: /only\n');
    expect(allows(`${origin}/a`)).toBe(true);
    expect(allows(`${origin}/only`)).toBe(false);
  });

  test('understands wildcards, ends and comments', () => {
    const { allows } = rules('# hello\nUser-agent: *\nDisallow: /*.pdf$ # no papers\nDisallow:\n');
    expect(allows(`${origin}/a/b.pdf`)).toBe(false);
    expect(allows(`${origin}/a/b.pdf?x`)).toBe(true);
  });

  test('may slow the crawl down, within bounds', () => {
    expect(rules('User-agent: *\nCrawl-delay: 0.5\n').delayMs).toBe(500);
    expect(rules('User-agent: *\nCrawl-delay: 86400\n').delayMs).toBe(crawlDelayMaxMs);
    expect(rules('User-agent: *\nCrawl-delay: -1\n').delayMs).toBe(0);
    expect(rules('User-agent: *\nCrawl-delay: soon\n').delayMs).toBe(0);
  });

  test('that is empty or nonsense forbids nothing', () => {
    expect(rules('').allows(`${origin}/a`)).toBe(true);
    expect(rules('<html>not found</html>').allows(`${origin}/a`)).toBe(true);
  });
});
