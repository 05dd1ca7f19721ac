import { Link, useParams } from '@tanstack/react-router';
import type { Job } from '../../../client/index.ts';
import { BatonClientError } from '../../../client/index.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { Progress } from '../../parts/progress.tsx';
import { When } from '../../parts/when.tsx';
import { ConnectionSign } from '../../parts/connection-sign.tsx';
import { StatusMark } from '../runs/status-mark.tsx';
import { JobControls } from './job-controls.tsx';
import { JobResults } from './job-results.tsx';
import { filterWords, fractionOf, isOpen, progressWords, searchOf } from './job-words.ts';
import { OpsOnly } from './ops-only.tsx';
import { useJob } from './use-job.ts';
import { useJobSearch } from './use-job-search.ts';

export function JobScreen() {
  const { job = '' } = useParams({ strict: false });
  return (
    <OpsOnly>
      <OneJob key={job} id={job} />
    </OpsOnly>
  );
}

function OneJob({ id }: { id: string }) {
  const [{ begun }] = useJobSearch();
  const { job, error, live } = useJob(id);
  if (error instanceof BatonClientError && error.code === 'run_not_found') return <NoSuchJob id={id} />;
  return (
    <Page
      title={job === undefined ? 'Job' : `${job.action}: ${filterWords(job.filter)}`}
      aside={<ConnectionSign connection={live.connection} retryInMs={live.retryInMs} />}
    >
      {begun === 'before' && (
        <p role="status" className="mb-3 text-warn">
          The same was begun before and is not finished: this is that job.
        </p>
      )}
      {error !== null && <Fault error={error} />}
      {job && (
        <>
          <Standing job={job} />
          <JobResults job={job} />
        </>
      )}
    </Page>
  );
}

function Standing({ job }: { job: Job }) {
  const { counts, status, paused, filter, action, perSecond } = job;
  const search = searchOf(filter);
  return (
    <section aria-label="Standing" className="mb-4 grid gap-3 rounded border border-line bg-surface p-3">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <dl className="grid grow grid-cols-2 gap-x-6 gap-y-2 text-sm sm:flex sm:flex-wrap">
          <Fact name="Status">
            <StatusMark status={paused && isOpen(job) ? 'paused' : status} />
          </Fact>
          <Fact name="Done">
            <span className="tabular-nums">{counts.done.toLocaleString()}</span>
          </Fact>
          <Fact name="Refused">
            <span className={`tabular-nums ${counts.refused > 0 ? 'text-warn' : ''}`}>
              {counts.refused.toLocaleString()}
            </span>
          </Fact>
          <Fact name="Failed">
            <span className={`tabular-nums ${counts.failed > 0 ? 'text-bad' : ''}`}>
              {counts.failed.toLocaleString()}
            </span>
          </Fact>
          <Fact name="Pace">{perSecond} a second</Fact>
          <Fact name="Begun">
            <When at={job.startedAt} />
          </Fact>
          <Fact name="Ended">
            <When at={job.endedAt} />
          </Fact>
          <Fact name="By">{job.owner ?? <span className="text-muted">nobody</span>}</Fact>
        </dl>
        <JobControls job={job} />
      </div>
      <div>
        <p className="mb-1 text-right text-sm tabular-nums">{progressWords(job)}</p>
        <Progress fraction={fractionOf(job)} label="Progress of the job" />
      </div>
      {job.error && (
        <p role="alert" className="text-bad">
          {job.error.message} <code className="text-sm">({job.error.code})</code>
        </p>
      )}
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        <Link to="/runs" search={search} className="text-accent underline">
          Runs that fit now
        </Link>
        <Link to="/runs/$run" params={{ run: job.id }} search={{}} className="text-accent underline">
          Its log
        </Link>
        <Link to="/jobs/new" search={{ do: action, ...search }} className="text-accent underline">
          Another like it
        </Link>
      </p>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0 sm:min-w-14">
      <dt className="text-muted">{name}</dt>
      <dd className="m-0 truncate">{children}</dd>
    </div>
  );
}

function NoSuchJob({ id }: { id: string }) {
  return (
    <Page title="No such job">
      <p>
        There is no job <code className="break-all">{id}</code>.
      </p>
      <Link to="/jobs" className="text-accent underline">
        All jobs
      </Link>
    </Page>
  );
}
