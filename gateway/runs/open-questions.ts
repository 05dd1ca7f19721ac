import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { Page } from '../engine.ts';
import { withFeed } from '../feed/with-feed.ts';
import { listRuns } from './list-runs.ts';
import type { RunContext } from './run-context.ts';

/** Of the runs that wait for a person; each run's questions come from its log. */
export async function openQuestions(
  context: RunContext,
  query: { run?: string; kind?: string; owner?: string; cursor?: string; limit: number },
): Promise<Page<Question>> {
  const { run, kind, limit, owner, cursor } = query;
  const page: Page<Pick<RunSummary, 'id'>> =
    run === undefined
      ? await listRuns(context, {
          waiting: true,
          limit,
          ...(owner === undefined ? {} : { owner }),
          ...(cursor === undefined ? {} : { cursor }),
        })
      : { items: [{ id: run }], nextCursor: null };
  const views = await Promise.all(page.items.map(({ id }) => questionsOf(context, id)));
  const items = views
    .flat()
    .filter((question) => question.status === 'open' && (kind === undefined || question.kind === kind))
    .toSorted((a, b) => (a.askedAt < b.askedAt ? -1 : 1));
  return { items, nextCursor: page.nextCursor };
}

/** Of one run, open and lately closed. */
export async function questionsOf({ feeds }: RunContext, run: string): Promise<Question[]> {
  return withFeed(feeds, run, (feed) => feed.view().questions);
}
