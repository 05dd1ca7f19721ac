import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { Progress } from '../../parts/progress.tsx';
import { When } from '../../parts/when.tsx';
import { StatusMark } from '../runs/status-mark.tsx';
import { filterWords, fractionOf, isOpen, progressWords } from './job-words.ts';
import { OpsOnly } from './ops-only.tsx';

const openMs = 2_000;
const idleMs = 15_000;

export function JobsScreen() {
  return (
    <Page
      title="Jobs"
      aside={
        <Link to="/jobs/new" search={{}} className="text-accent underline">
          New job
        </Link>
      }
    >
      <OpsOnly>
        <Jobs />
      </OpsOnly>
    </Page>
  );
}

function Jobs() {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['jobs'],
    queryFn: ({ pageParam, signal }) =>
      client.jobsPage({ signal, limit: 50, ...(pageParam !== null && { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isOpen)) ? openMs : idleMs),
  });
  const jobs = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      {error && <Fault error={error} />}
      {data !== undefined && jobs.length === 0 && (
        <p className="rounded border border-line bg-surface p-6">
          No job was begun yet. Pick runs in{' '}
          <Link to="/runs" search={{}} className="text-accent underline">
            Runs
          </Link>{' '}
          or take a group of{' '}
          <Link to="/failures" search={{}} className="text-accent underline">
            Failures
          </Link>
          .
        </p>
      )}
      <ul className="grid gap-2">
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="mt-3" onPress={() => void fetchNextPage()} isDisabled={isFetchingNextPage}>
          {isFetchingNextPage ? 'Fetching more' : 'More'}
        </Button>
      )}
    </>
  );
}

function JobCard({ job }: { job: Job }) {
  const { counts, paused, status } = job;
  return (
    <li className="grid gap-x-4 gap-y-1 rounded border border-line bg-surface p-3 sm:grid-cols-[minmax(0,1fr)_14rem]">
      <div className="min-w-0">
        <Link
          to="/jobs/$job"
          params={{ job: job.id }}
          search={{}}
          className="font-medium break-all text-accent underline"
        >
          {job.action}: {filterWords(job.filter)}
        </Link>
        <p className="flex flex-wrap gap-x-4 text-sm text-muted">
          <span>
            <When at={job.startedAt} />
            {job.owner !== null && `, by ${job.owner}`}
          </span>
          <code className="break-all">{job.id}</code>
        </p>
      </div>
      <div className="grid content-start gap-1 text-sm">
        <div className="flex items-center justify-between gap-2">
          <StatusMark status={paused && isOpen(job) ? 'paused' : status} />
          <span className="tabular-nums">{progressWords(job)}</span>
        </div>
        <Progress fraction={fractionOf(job)} label={`Progress of ${job.id}`} />
        <p className="min-h-5 tabular-nums">
          {counts.refused > 0 && <span className="text-warn">{counts.refused.toLocaleString()} refused </span>}
          {counts.failed > 0 && <span className="text-bad">{counts.failed.toLocaleString()} failed</span>}
        </p>
      </div>
    </li>
  );
}
