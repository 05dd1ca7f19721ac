/** The last stages: pages to chunks, chunks to the index, and the source to its readers. */
import { setImmediate } from 'node:timers/promises';
import type { AgentContext } from '../../protocol/agent.ts';
import type { CrawlEvent } from '../../stores/knowledge/crawl-state.ts';
import { chunkText, countWords } from './chunk-text.ts';
import type { CrawlInput, CrawlResult } from './contract.ts';
import type { CrawlJournal } from './crawl-journal.ts';
import { processingPercentage, stagePercentage } from './stage.ts';

export async function processPages(ctx: AgentContext, journal: CrawlJournal, pages: number): Promise<void> {
  const { state } = journal;
  let done = 0;
  for (let after = state.stagedUntil(); ; done += 1) {
    ctx.signal.throwIfAborted();
    const [page] = state.goodPages(after, 1);
    if (page === undefined) return;
    const chunks = chunkText(page.text).map((text) => ({ text, words: countWords(text) }));
    const percentage = Math.max(state.facts.percentage, processingPercentage(done, pages));
    state.stagePages([{ ...page, chunks }], percentage, journal.now());
    journal.progress(`${done + 1} of ${pages} pages cut into chunks`);
    after = page.n;
    // Heartbeats and other agents share this thread.
    await setImmediate();
  }
}

/** What of the result is known before the source is published. */
export type CrawlCounts = Omit<CrawlResult, 'sourceId' | 'pages' | 'chunks' | 'words'>;

export async function storePages(
  ctx: AgentContext,
  journal: CrawlJournal,
  input: CrawlInput,
  counts: CrawlCounts,
): Promise<void> {
  const { state } = journal;
  for (let left = state.indexStaged(journal.now()); left > 0; left = state.indexStaged(journal.now())) {
    ctx.signal.throwIfAborted();
    journal.progress(`${left} chunks left to store`);
    await setImmediate();
  }
  ctx.signal.throwIfAborted();
  const title = state.goodPages(-1, 1)[0]?.title ?? input.url;
  const events: CrawlEvent[] = [];
  const source = { owner: ctx.owner, url: counts.url, title, run: ctx.run, tags: input.tags, now: journal.now() };
  const last = state.publish(source, (published) => {
    const result: CrawlResult = { ...counts, ...published };
    const stage = { stage: 'completed', percentage: stagePercentage('completed'), url: counts.url };
    events.push({ kind: 'crawl.stored', data: { ...published } }, { kind: 'crawl.stage', data: stage });
    return { set: { stage: 'completed', percentage: stage.percentage, result: JSON.stringify(result) }, events };
  });
  await journal.tell(last, events);
}
