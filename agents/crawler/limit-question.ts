/** What a person is asked when a site is larger than the limit, and what the answers mean. Pure. */
import { z } from 'zod';
import type { AgentReturn } from '../../protocol/execution.ts';
import { crawlPagesMax, crawlQuestionTimeoutMs } from '../../protocol/limits.ts';
import type { QuestionDraft } from '../../protocol/schemas/question.ts';
import type { CrawlInput } from './contract.ts';

const answerSchema = z.strictObject({
  continue: z.boolean().describe('whether the crawl goes on'),
  maxPages: z
    .int()
    .min(1)
    .max(crawlPagesMax)
    .optional()
    .describe('the new limit; without one, as far as crawls may go at all'),
});

export interface CrawlLimit {
  pages: number;
  /** What happens at the limit when there is more. */
  then: 'ask' | 'stop';
}

/** The limit after everything that was answered. An expired question, and an answer that is none, end the crawl there. */
export function limitAfter({ maxPages, onLimit }: CrawlInput, returned: readonly AgentReturn[]): CrawlLimit {
  let limit: CrawlLimit = { pages: maxPages, then: onLimit };
  for (const entry of returned) {
    if (entry.kind !== 'answer') continue;
    const answer = entry.expired ? undefined : answerSchema.safeParse(entry.answers.at(-1)?.answer).data;
    if (answer?.continue !== true) return { pages: limit.pages, then: 'stop' };
    const pages = answer.maxPages ?? crawlPagesMax;
    // A limit that is no higher says in its own way that what is there will do.
    limit = pages > limit.pages ? { pages, then: 'ask' } : { pages: limit.pages, then: 'stop' };
  }
  return limit;
}

export function limitQuestion(counts: {
  url: string;
  /** Addresses found so far; `found` is exact unless `more`. */
  found: number;
  more: boolean;
  processed: number;
  failed: number;
  limit: number;
}): QuestionDraft {
  const { url, found, more, processed, failed, limit } = counts;
  const foundText = more ? `more than ${found}` : String(found);
  return {
    kind: 'crawl.limit',
    message: `${url} has ${foundText} pages, the limit is ${limit}; ${processed} are fetched. Go on?`,
    context: { url, found, more, processed, failed, maxPages: limit, highestMaxPages: crawlPagesMax },
    answerSchema: z.toJSONSchema(answerSchema),
    choices: [
      { value: { continue: true }, label: 'Go on with all of them' },
      { value: { continue: false }, label: `Finish with the ${processed} that are there` },
    ],
    timeoutMs: crawlQuestionTimeoutMs,
    onTimeout: { then: 'default', answer: { continue: false } },
  };
}
