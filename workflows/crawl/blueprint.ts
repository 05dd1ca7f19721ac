/** crawler ─▶ end. Replayed. */
import { defineBlueprint } from '../supervisor/define-blueprint.ts';

export const blueprint = defineBlueprint({
  name: 'crawl',
  agents: {
    // 5,000 pages at the slowest pace that a robots.txt may ask for take less.
    crawler: { timeoutMs: 6 * 60 * 60_000, span: [0, 1] },
  },
  policy: (_state, last) =>
    last.length === 0
      ? { goto: { agent: 'crawler' }, reason: 'the address is to be crawled' }
      : { goto: 'end', reason: 'what could be read is stored' },
});
