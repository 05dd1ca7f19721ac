/** Starting, cancelling and polling crawls. */
import { randomUUID } from 'node:crypto';
import { BatonError } from '../../../protocol/errors.ts';
import { assertPublicTarget } from '../../../runtime/public-address.ts';
import type { Guard } from '../../auth/guard.ts';
import { json } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { present } from '../../present.ts';
import { readTranslated } from '../read-translated.ts';
import type { Translator } from '../translation.ts';
import type { Clocks } from './clocks.ts';
import { isForgotten, recordOf, type CrawlState } from './crawl-record.ts';
import { fault, inUse, noCrawl } from './faults.ts';
import { crawlBlueprint, crawlRuns, findCrawl } from './find-crawl.ts';
import { crawlBodySchema, type CrawlBody } from './schemas.ts';
import type { CrawlMessage } from './translation.ts';

export function crawlRoutes(translator: Translator<CrawlState, CrawlMessage>, { keptMs }: Clocks): Route[] {
  /** Errors: progress_not_found. */
  const read = async (guard: Guard, progressId: string): Promise<{ run: string; state: CrawlState }> => {
    const run = await findCrawl(guard, progressId);
    if (run === null) throw noCrawl(progressId);
    const feed = await guard.open(run);
    try {
      const runs = { blob: (of: string, ref: string) => guard.blob(of, ref) };
      const state = await readTranslated(feed, progressId, { translator, runs });
      if (isForgotten(state, Date.now(), keptMs)) throw noCrawl(progressId);
      return { run, state };
    } finally {
      feed[Symbol.dispose]();
    }
  };

  return [
    defineRoute({
      method: 'post',
      path: '/api/knowledge-items/crawl',
      name: 'startCrawl',
      summary: 'Starts a crawl, or an ended one again under its id',
      access: 'token',
      body: crawlBodySchema,
      answers: { 202: { description: 'started' } },
      errors: ['invalid_request', 'target_forbidden', 'id_taken'],
      fault,
      handle: async ({ guard, body }, { config }) => {
        if (!config.CRAWL_ALLOW_PRIVATE) await assertPublicTarget(new URL(body.url));
        const progressId = body.progress_id ?? body.progressId ?? randomUUID();
        await start(guard, progressId, inputOf(body));
        return json(202, { success: true, progressId, message: `crawl of ${body.url} started` });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/knowledge-items/crawl/{progress_id}/cancel',
      name: 'cancelCrawl',
      summary: 'Cancels a crawl: it ends as an error',
      access: 'token',
      answers: { 202: { description: 'it is being cancelled' } },
      errors: ['run_not_found', 'run_ended'],
      fault,
      handle: async ({ guard, param }) => {
        const progressId = param('progress_id');
        const { run } = await read(guard, progressId);
        await guard.cancel(run, {});
        return json(202, { success: true, progressId, message: `crawl ${progressId} is being cancelled` });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crawl-progress/{progress_id}',
      name: 'crawlProgress',
      summary: 'The current record of a crawl',
      access: 'token',
      answers: { 200: { description: 'as in the frames' } },
      errors: ['run_not_found'],
      fault,
      handle: async ({ guard, param }) => json(200, recordOf((await read(guard, param('progress_id'))).state)),
    }),
  ];
}

function inputOf(body: CrawlBody): Record<string, unknown> {
  return present({
    url: body.url,
    maxDepth: body.max_depth,
    maxConcurrent: body.max_concurrent,
    maxPages: body.max_pages,
    tags: body.tags,
    knowledgeType: body.knowledge_type,
    onLimit: 'stop',
  });
}

/** Whether it is a new run: an ended one goes on. Errors: progress_id_in_use, id_taken, invalid_request. */
async function start(guard: Guard, progressId: string, input: Record<string, unknown>): Promise<void> {
  const known = await findCrawl(guard, progressId);
  if (known !== null) {
    await again(guard, progressId, known, input);
    return;
  }
  const command = { blueprint: crawlBlueprint, input, id: crawlRuns.idOf(progressId) };
  const { created } = await guard.start(command, { dialect: 'archon' });
  // Two asked for the same at once: the other one has it.
  if (!created) throw inUse(progressId);
}

async function again(guard: Guard, progressId: string, run: string, input: Record<string, unknown>): Promise<void> {
  try {
    await guard.message(run, input);
  } catch (error) {
    if (error instanceof BatonError && (error.code === 'run_not_ended' || error.code === 'run_moved'))
      throw inUse(progressId);
    throw error;
  }
}
