/** Bodies and queries of the archon dialect. What an existing client sends beside them is not minded. */
import { z } from 'zod';
import {
  crawlConcurrentMax,
  crawlDepthMax,
  crawlLogEntries,
  crawlLogEntriesDefault,
  crawlPagesMax,
  crawlTagCharacters,
  crawlTagsMax,
  crawlUrlCharacters,
  dialectIdPattern,
} from '../../../protocol/limits.ts';

const progressId = z.string().regex(dialectIdPattern, 'send 1 to 128 letters, digits and . _ : -');
const fromDigits = (value: unknown) =>
  typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
const limit = (fallback: number, most: number) =>
  z.preprocess(fromDigits, z.int(`send a whole number from 1 to ${most}`).min(1).max(most)).default(fallback);

export const crawlBodySchema = z
  .object({
    url: z
      .string()
      .max(crawlUrlCharacters)
      .refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url), 'send an http or https address'),
    progress_id: progressId.nullish(),
    progressId: progressId.nullish(),
    max_depth: z.int().min(0).max(crawlDepthMax).optional(),
    max_concurrent: z.int().min(1).max(crawlConcurrentMax).optional(),
    max_pages: z.int().min(1).max(crawlPagesMax).optional(),
    tags: z.array(z.string().min(1).max(crawlTagCharacters)).max(crawlTagsMax).optional(),
    knowledge_type: z.string().max(crawlTagCharacters).optional(),
  })
  .refine(
    (body) => !body.progress_id || !body.progressId || body.progress_id === body.progressId,
    'progress_id and progressId differ: send one',
  );
export type CrawlBody = z.infer<typeof crawlBodySchema>;

export const searchQuerySchema = z.object({ q: z.string().max(1_000), limit: limit(5, 100) });
export const logsQuerySchema = z.object({ limit: limit(crawlLogEntriesDefault, crawlLogEntries) });
