/** The same to many runs: which, what, and what would come of it, before it is begun. */
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Page } from '../../parts/page.tsx';
import { keepDraft, keptDraft } from '../../parts/kept-draft.ts';
import { filterPart } from '../runs/run-search.ts';
import { ActionFields } from './action-fields.tsx';
import { BeginJob } from './begin-job.tsx';
import { readBulk, readEdits } from './bulk-request.ts';
import { filterWords } from './job-words.ts';
import { OpsOnly } from './ops-only.tsx';
import { withPicked } from './picked.ts';
import { useJobSearch } from './use-job-search.ts';

const editsDraft = 'job.edits';
const keptEdits = () => {
  const kept = keptDraft(editsDraft);
  return typeof kept === 'string' ? kept : '';
};

export function NewJobScreen() {
  return (
    <Page title="Act on many runs">
      <OpsOnly>
        <NewJob />
      </OpsOnly>
    </Page>
  );
}

function NewJob() {
  const address = useSearch({ from: '/jobs/new' });
  const search = useMemo(() => withPicked(address), [address]);
  const [editsText, setEditsText] = useState(keptEdits);
  const read = useMemo(() => (search === null ? null : readBulk(search, readEdits(editsText))), [search, editsText]);
  if (search === null || read === null) {
    return (
      <p>
        The runs that were picked are not in this tab any more. <RunsLink search={{}}>Pick them again</RunsLink>
      </p>
    );
  }
  return (
    <div className="grid max-w-4xl gap-4">
      <WhichRuns search={search} fault={read.faults.filter ?? read.faults.all} />
      <ActionFields
        search={search}
        read={read}
        editsText={editsText}
        onEditsText={(text) => {
          setEditsText(text);
          keepDraft(editsDraft, text);
        }}
      />
      <BeginJob read={read} onBegun={() => keepDraft(editsDraft, '')} />
    </div>
  );
}

function WhichRuns({ search, fault }: { search: Record<string, string>; fault: string | undefined }) {
  const [, change] = useJobSearch();
  const filter = filterPart(search);
  const meansAll = Object.keys(filter).length === 0;
  return (
    <section aria-labelledby="which-runs" className="rounded border border-line bg-surface p-4">
      <h2 id="which-runs" className="mb-1 font-semibold">
        Runs
      </h2>
      <p className="break-words">
        {meansAll ? 'No filter: every run there is.' : <code className="text-sm">{filterWords(filter)}</code>}{' '}
        <RunsLink search={filter}>{meansAll ? 'Choose a filter' : 'Show them'}</RunsLink>
      </p>
      {meansAll && (
        <label className="mt-2 inline-flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            className="size-4"
            checked={search['all'] === '1'}
            onChange={({ target }) => change({ all: target.checked ? '1' : null })}
          />
          Every run is meant
        </label>
      )}
      <p role="status" className="mt-1 text-sm text-bad empty:hidden">
        {fault}
      </p>
    </section>
  );
}

function RunsLink({ search, children }: { search: Record<string, string>; children: React.ReactNode }) {
  return (
    <Link to="/runs" search={search} className="whitespace-nowrap text-accent underline">
      {children}
    </Link>
  );
}
