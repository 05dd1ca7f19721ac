/** Watching lists: visibility is asked once an interval, and what has changed since is told. */
import { listPageMax, watchPollMs } from '../../protocol/limits.ts';
import type { RunsQuery, RunSummary } from '../../protocol/schemas/commands.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { listRuns } from './list-runs.ts';
import type { RunContext } from './run-context.ts';
import { openQuestions } from './open-questions.ts';

export function watchRuns(
  context: RunContext,
  { what, ...filter }: { what: 'runs' | 'questions' } & Partial<RunsQuery>,
  changed: (change: RunSummary | Question) => void,
): Disposable {
  const stopped = new AbortController();
  const seen = new Map<string, string>();
  let isFirst = true;

  const look = async () => {
    const limit = filter.limit ?? listPageMax;
    const { owner } = filter;
    const page =
      what === 'runs'
        ? await listRuns(context, { ...filter, limit })
        : await openQuestions(context, { limit, ...(owner === undefined ? {} : { owner }) });
    const present = new Set<string>();
    for (const item of page.items) {
      present.add(item.id);
      const version = versionOf(item);
      const isNew = seen.get(item.id) !== version;
      seen.set(item.id, version);
      // What was there at the beginning is for a list to show; a watch tells changes.
      if (isNew && !isFirst && !stopped.signal.aborted) changed(item);
    }
    for (const id of seen.keys()) if (!present.has(id)) seen.delete(id);
    isFirst = false;
  };

  const loop = () => {
    if (stopped.signal.aborted) return;
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

function versionOf(item: RunSummary | Question): string {
  return JSON.stringify(
    'blueprint' in item ? [item.status, item.lastSeq, item.progress, item.current] : [item.status, item.answers],
  );
}
