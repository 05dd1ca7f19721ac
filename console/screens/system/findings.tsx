import { useQuery } from '@tanstack/react-query';
import type { Finding } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { When } from '../../parts/when.tsx';

const looks: Readonly<Record<Finding['verdict'], { sign: string; label: string; colour: string }>> = {
  fault: { sign: '✕', label: 'fault', colour: 'text-bad' },
  warning: { sign: '!', label: 'warning', colour: 'text-warn' },
  ok: { sign: '✓', label: 'well', colour: 'text-good' },
};
const order: readonly Finding['verdict'][] = ['fault', 'warning', 'ok'];

/** What the doctor has found, the worst first. Asked when the screen is opened and by the button: it asks the model a word. */
export function FindingsCard() {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => client.doctor({ signal }),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const items = order.flatMap((verdict) => data?.items.filter((item) => item.verdict === verdict) ?? []);
  return (
    <section aria-label="The doctor’s findings" className="min-w-0 rounded border border-line bg-surface p-3">
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">The doctor’s findings</h2>
        {data && (
          <span className="text-sm text-muted">
            <When at={data.at} />
          </span>
        )}
        <Button className="ml-auto !py-0.5" isDisabled={isFetching} onPress={() => void refetch()}>
          {isFetching ? 'Looking …' : 'Look again'}
        </Button>
      </div>
      {error && <Fault error={error} />}
      <ul aria-busy={isFetching} className="min-h-40 divide-y divide-line text-sm">
        {items.map(({ check, verdict, found, remedy }) => (
          <li key={check} className="grid gap-x-4 py-1.5 sm:grid-cols-[11rem_6rem_1fr]">
            <span className="break-words font-mono">{check}</span>
            <span className={looks[verdict].colour}>
              <span aria-hidden="true">{looks[verdict].sign} </span>
              {looks[verdict].label}
            </span>
            <span className="min-w-0 break-words">
              {found}
              {remedy !== undefined && (
                <span className="block">
                  <span className="font-medium">What to do: </span>
                  {remedy}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
