/** What came of each run, in the order in which they were acted on; only rows in sight exist. */
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Job, JobResult } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { usePagedList } from '../../live/use-paged-list.ts';
import { Fault } from '../../parts/fault.tsx';
import { useNarrow } from '../../parts/use-narrow.ts';
import { isOpen, triedOf } from './job-words.ts';
import { useJobSearch } from './use-job-search.ts';

const outcomes = ['done', 'refused', 'failed'] as const;
const colours = { done: 'text-good', refused: 'text-warn', failed: 'text-bad' } as const;

export function JobResults({ job }: { job: Job }) {
  const [search, change] = useJobSearch();
  const outcome = outcomes.find((each) => each === search['outcome']) ?? null;
  const { counts } = job;
  const count = outcome === null ? triedOf(job) : counts[outcome];
  return (
    <section aria-labelledby="results">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 id="results" className="mr-2 text-lg font-semibold">
          Results
        </h2>
        <div role="group" aria-label="Outcome" className="flex flex-wrap gap-1.5">
          {([null, ...outcomes] as const).map((each) => (
            <button
              key={each ?? 'all'}
              type="button"
              aria-pressed={outcome === each}
              className={`min-h-8 rounded-full border px-3 text-sm ${outcome === each ? 'border-accent bg-raised font-medium' : 'border-line bg-surface hover:bg-raised'}`}
              onClick={() => change({ outcome: each })}
            >
              {each ?? 'all'}{' '}
              <span className="tabular-nums text-muted">
                {(each === null ? triedOf(job) : counts[each]).toLocaleString()}
              </span>
            </button>
          ))}
        </div>
      </div>
      {count === 0 ? (
        <p className="rounded border border-line bg-surface p-4 text-muted">{isOpen(job) ? 'None yet.' : 'None.'}</p>
      ) : (
        <Rows key={outcome ?? 'all'} job={job.id} outcome={outcome} count={count} />
      )}
    </section>
  );
}

function Rows({ job, outcome, count }: { job: string; outcome: JobResult['outcome'] | null; count: number }) {
  const isNarrow = useNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const { list, version, error } = usePagedList<JobResult>(`${job} ${outcome}`, {
    fetch: (cursor) =>
      client.jobResultsPage(job, {
        limit: 500,
        ...(outcome !== null && { outcome }),
        ...(cursor !== null && { cursor }),
      }),
    key: ({ run }) => run,
  });
  const rowHeight = isNarrow ? 64 : 36;
  const rows = useVirtualizer({
    count: list.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  useEffect(() => rows.measure(), [rows, rowHeight]);
  const shown = rows.getVirtualItems();
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  useEffect(() => list.want(first, last), [list, first, last, version]);
  useEffect(() => {
    if (list.isWhole && list.count < count) list.refreshEnd();
  }, [list, count]);
  return (
    <>
      {error !== null && <Fault error={error} />}
      <div
        ref={scroller}
        role="list"
        aria-label="Results"
        tabIndex={0}
        className="h-[max(20rem,calc(100dvh-22rem))] overflow-y-scroll overflow-x-hidden rounded border border-line bg-surface [contain:strict]"
      >
        <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
          {shown.map(({ index, start }) => {
            const result = list.at(index);
            return (
              <div
                key={index}
                role="listitem"
                aria-posinset={index + 1}
                aria-setsize={count}
                className="absolute left-0 top-0 flex w-full flex-wrap content-center items-center gap-x-3 overflow-hidden border-b border-line px-3 text-sm sm:grid sm:grid-cols-[5rem_minmax(0,1.2fr)_minmax(0,2fr)]"
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              >
                {result ? <Result result={result} /> : '…'}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

function Result({ result: { run, outcome, code, message, fork } }: { result: JobResult }) {
  return (
    <>
      <span className={`font-medium ${colours[outcome]}`}>{outcome}</span>
      <span className="min-w-0 truncate">
        <RunLink run={run} />
      </span>
      <span className="w-full min-w-0 truncate text-muted sm:w-auto" title={message}>
        {fork !== undefined && (
          <>
            forked to <RunLink run={fork} />
          </>
        )}
        {code !== undefined && <code>{code}</code>} {message}
      </span>
    </>
  );
}

function RunLink({ run }: { run: string }) {
  return (
    <Link
      to="/runs/$run"
      params={{ run }}
      search={{}}
      preload={false}
      title={run}
      className="text-accent underline-offset-2 hover:underline"
    >
      {run}
    </Link>
  );
}
