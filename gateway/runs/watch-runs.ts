/** Watching lists: visibility is asked once an interval, and what has changed since is told. */
import { listPageMax, watchPollMs } from '../../protocol/limits.ts';
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { RunsFilter } from '../../protocol/schemas/runs-query.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { listRuns } from './list-runs.ts';
import { openQuestions, questionsOf } from './open-questions.ts';
import type { RunContext } from './run-context.ts';

type Item = RunSummary | Question;

export function watchRuns(
  context: RunContext,
  { what, ...filter }: { what: 'runs' | 'questions' } & RunsFilter,
  changed: (change: Item) => void,
): Disposable {
  const stopped = new AbortController();
  let seen = new Map<string, { item: Item; version: string }>();
  let isFirst = true;

  const look = async () => {
    const items = await listItems(context, what, filter);
    const now = new Map(items.map((item) => [keyOf(item), { item, version: versionOf(item) }]));
    const news = [...now]
      .filter(([key, { version }]) => seen.get(key)?.version !== version)
      .map(([, { item }]) => item);
    const gone = [...seen].filter(([key]) => !now.has(key)).map(([, { item }]) => item);
    const closed = what === 'questions' ? await closedQuestions(context, gone as Question[]) : [];
    seen = now;
    // What was there at the beginning is for a list to show; a watch tells changes.
    if (!isFirst && !stopped.signal.aborted) for (const item of [...news, ...closed]) changed(item);
    isFirst = false;
  };

  const loop = () => {
    look()
      .catch((error: unknown) => context.log.debug({ err: error }, 'a watched list could not be read'))
      .finally(() => {
        if (!stopped.signal.aborted) timer = setTimeout(loop, watchPollMs);
      });
  };
  let timer = setTimeout(loop, 0);
  return {
    [Symbol.dispose]: () => {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}

async function listItems(context: RunContext, what: 'runs' | 'questions', filter: RunsFilter): Promise<Item[]> {
  const limit = listPageMax;
  if (what === 'runs') return (await listRuns(context, { ...filter, limit, cursor: undefined })).items;
  const { owner } = filter;
  return (await openQuestions(context, { limit, ...(owner === undefined ? {} : { owner }) })).items;
}

/** How questions that are not open any more ended. */
async function closedQuestions(context: RunContext, gone: readonly Question[]): Promise<Question[]> {
  const logs = await Promise.all(gone.map(({ run }) => questionsOf(context, run).catch(() => [])));
  return gone.flatMap(({ id }, index) => logs[index]?.find((question) => question.id === id) ?? []);
}

/** Question ids are unique in their run only. */
function keyOf(item: Item): string {
  return 'blueprint' in item ? item.id : `${item.run} ${item.id}`;
}

function versionOf(item: Item): string {
  return JSON.stringify(
    'blueprint' in item ? [item.status, item.lastSeq, item.progress, item.current] : [item.status, item.answers],
  );
}
