/** What would come of it, asked for again with every change, and the button, which works once that is on the screen. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { BulkRequest } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { actions } from './actions.ts';
import type { ReadBulk } from './bulk-request.ts';
import { PreviewView } from './preview-view.tsx';

/** Typing has paused. */
const pauseMs = 400;

export function BeginJob({ read: { action, request, faults }, onBegun }: { read: ReadBulk; onBegun: () => void }) {
  const navigate = useNavigate();
  const key = request === null ? null : JSON.stringify(request);
  const asked = useSettled(key);
  const preview = useQuery({
    queryKey: ['job-preview', asked],
    queryFn: ({ signal }) => client.previewJob(JSON.parse(asked ?? '{}') as BulkRequest, { signal }),
    enabled: asked !== null,
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const begin = useMutation({
    mutationFn: (bulk: BulkRequest) => client.startJob(bulk),
    onSuccess: ({ job, created }) => {
      onBegun();
      return navigate({ to: '/jobs/$job', params: { job: job.id }, search: created ? {} : { begun: 'before' } });
    },
  });
  const [agreed, setAgreed] = useState<string | null>(null);
  const shown = key !== null && key === asked && !preview.isFetching ? preview.data : undefined;
  const warning = action === null ? undefined : actions[action].warning;
  const why = whyNot({
    faults,
    isShown: shown !== undefined,
    hasFailed: preview.error !== null,
    count: shown?.count ?? 0,
    needsConsent: warning !== undefined && agreed !== key,
  });
  const runs =
    shown === undefined ? 'these runs' : `${shown.count.toLocaleString()} ${shown.count === 1 ? 'run' : 'runs'}`;
  return (
    <section aria-labelledby="what-would-come" className="grid gap-3 rounded border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center gap-3">
        <h2 id="what-would-come" className="font-semibold">
          What would come of it
        </h2>
        {shown && (
          <Button className="ml-auto px-2 py-0.5 text-sm" onPress={() => void preview.refetch()}>
            Look again
          </Button>
        )}
      </div>
      <div className="min-h-24" aria-live="polite" aria-busy={key !== null && shown === undefined}>
        {key === null && <p className="text-muted">It is shown when the above is filled in.</p>}
        {key !== null && preview.error && key === asked && <Fault error={preview.error} />}
        {key !== null && shown === undefined && preview.error === null && <p className="text-muted">Looking</p>}
        {shown && <PreviewView preview={shown} />}
      </div>
      {warning !== undefined && shown !== undefined && shown.count > 0 && (
        <label className="inline-flex min-h-6 items-center gap-2 text-bad">
          <input
            type="checkbox"
            className="size-4"
            checked={agreed === key}
            onChange={({ target }) => setAgreed(target.checked ? key : null)}
          />
          {warning} It is meant so.
        </label>
      )}
      {begin.error && <Fault error={begin.error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look={warning === undefined ? 'main' : 'danger'}
          isDisabled={why !== null || begin.isPending}
          aria-describedby="why-not"
          onPress={() => request !== null && begin.mutate(request)}
        >
          {begin.isPending ? 'Beginning' : `${action === null ? 'Act on' : actions[action].label} ${runs}`}
        </Button>
        <span id="why-not" className="text-sm text-muted">
          {why ?? 'It goes on when this page is left.'}
        </span>
      </div>
    </section>
  );
}

interface Standing {
  faults: ReadBulk['faults'];
  isShown: boolean;
  hasFailed: boolean;
  count: number;
  needsConsent: boolean;
}

/** Why the button does not work; null: it does. */
function whyNot({ faults, isShown, hasFailed, count, needsConsent }: Standing): string | null {
  const [first] = Object.values(faults);
  if (first !== undefined) return first;
  if (!isShown)
    return hasFailed ? 'It could not be looked at beforehand.' : 'What would come of it is being looked at.';
  if (count === 0) return 'No run fits.';
  return needsConsent ? 'Say that it is meant so.' : null;
}

/** The value once it has not changed for a while; null at once. */
function useSettled(value: string | null): string | null {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === null ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
