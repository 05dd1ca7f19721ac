/** What went in, what came out, what the run keeps in mind, and what it has stored. */
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useMe } from '../../../app/me.ts';
import type { LogFilter } from '../../../live/log-filter.ts';
import { useLogScan } from '../../../live/use-log-scan.ts';
import { useRun, useRunStore } from '../../../live/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { startSearch } from '../../start/start-search.ts';
import { ScanSign } from '../events/scan-sign.tsx';
import { blobsIn, type FoundBlob } from '../blobs-in.ts';
import { Viewer } from '../../../parts/viewers/viewer.tsx';

export function DataTab() {
  const { run, ...store } = useStoreAndRun();
  const { state } = store;
  const { mayStart } = useMe();
  const context = state?.context;
  const inState = useMemo(
    () => blobsIn({ input: state?.input, context, result: state?.result }),
    [state?.input, context, state?.result],
  );
  if (state === null) return null;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Part title="Input">
        <Viewer run={run} value={state.input} label="Input of the run" />
        {mayStart && (
          <p className="mt-2">
            <Link
              to="/start/$blueprint"
              params={{ blueprint: state.blueprint }}
              search={startSearch(state.input, run)}
              className="text-accent underline"
            >
              Start another like it
            </Link>
          </p>
        )}
      </Part>
      <Part title="Result">
        {state.status === 'completed' ? (
          <Viewer run={run} value={state.result} label="Result of the run" />
        ) : (
          <p className="text-muted">{state.endedAt === null ? 'There is none yet.' : 'It ended without one.'}</p>
        )}
      </Part>
      <Part title="Context">
        <p className="mb-2 text-sm text-muted">What agents and decisions have put there for those who come after.</p>
        <Viewer run={run} value={state.context} label="Context of the run" />
      </Part>
      {state.plan !== null && (
        <Part title="Plan">
          <ol className="divide-y divide-line text-sm">
            {state.plan.map(({ id, agent, status, instructions }) => (
              <li key={id} className="flex flex-wrap gap-x-3 py-1">
                <span className="font-mono">{id}</span>
                <span>{agent}</span>
                <span className="text-muted">{status}</span>
                <span className="w-full break-words text-muted">{instructions}</span>
              </li>
            ))}
          </ol>
        </Part>
      )}
      <Part title="Stored values">
        <Blobs run={run} blobs={inState} />
        <BlobsOfLog />
      </Part>
    </div>
  );
}

function useStoreAndRun() {
  const store = useRunStore();
  return { run: store.run, ...useRun(store) };
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Blobs({ run, blobs }: { run: string; blobs: readonly FoundBlob[] }) {
  return (
    <ul className="divide-y divide-line text-sm">
      {blobs.map(({ path, name, blob }) => (
        <li key={blob.ref} className="py-1.5">
          <p className="flex flex-wrap gap-x-3 break-all">
            {name !== null && <span className="font-medium">{name}</span>}
            <span className="font-mono text-muted">{path}</span>
          </p>
          <Viewer run={run} value={blob} label={name ?? path} {...(name !== null && { name })} />
        </li>
      ))}
    </ul>
  );
}

/** Events refer to blobs, too; which, only the whole log says. */
function BlobsOfLog() {
  const store = useRunStore();
  const { state, version } = useRun(store);
  const [isWanted, setIsWanted] = useState(false);
  const scan = useLogScan(store, isWanted ? blobFilter : noFilter, version);
  const blobs = blobsIn(Object.fromEntries((scan?.matches ?? []).map(({ seq, data }) => [`event ${seq}`, data])));
  return (
    <div className="mt-3">
      {scan === null ? (
        <Button onPress={() => setIsWanted(true)}>Look through the events for artifacts</Button>
      ) : (
        <div className="flex flex-wrap items-center gap-3 text-sm text-muted">
          <ScanSign scan={scan} lastSeq={state?.lastSeq ?? 0} />
        </div>
      )}
      <Blobs run={store.run} blobs={blobs} />
    </div>
  );
}

const noFilter: LogFilter = { type: '', agent: '', step: '', text: '' };
const blobFilter: LogFilter = { ...noFilter, text: '"ref":' };
