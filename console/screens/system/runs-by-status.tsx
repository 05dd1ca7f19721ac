import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RunStatus } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Fault } from '../../parts/fault.tsx';
import { statusLooks } from '../../parts/status-looks.ts';

const everyMs = 5_000;

/** Every status, so that nothing moves when one comes. */
export function RunsByStatus() {
  const { data, error } = useQuery({
    queryKey: ['count', 'all'],
    queryFn: ({ signal }) => client.count({ signal }),
    refetchInterval: everyMs,
  });
  return (
    <section aria-label="Runs by status" className="rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">Runs</h2>
      {error && <Fault error={error} />}
      <ul className="grid grid-cols-2 gap-x-4 gap-y-1 text-sm sm:grid-cols-3 lg:grid-cols-6">
        <li className="flex items-baseline justify-between gap-2 border-b border-line py-1">
          <Link to="/runs" search={{}} className="text-accent underline">
            all
          </Link>
          <span className="tabular-nums">{data?.total.toLocaleString() ?? '–'}</span>
        </li>
        {Object.entries(statusLooks).map(([status, { sign, label, colour }]) => (
          <li key={status} className="flex items-baseline justify-between gap-2 border-b border-line py-1">
            <Link to="/runs" search={{ status }} className={`min-w-0 ${colour} underline`}>
              <span aria-hidden="true">{sign} </span>
              {label}
            </Link>
            <span className="tabular-nums">
              {data === undefined ? '–' : (data.byStatus[status as RunStatus] ?? 0).toLocaleString()}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
