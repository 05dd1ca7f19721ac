import { useQuery } from '@tanstack/react-query';
import { BatonClientError, type TemporalStanding } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Facts } from './facts.tsx';

export function TemporalCard({ temporal }: { temporal: TemporalStanding }) {
  const { address, namespace, reachable, answerMs, version, retentionDays } = temporal;
  return (
    <section aria-label="Temporal" className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">Temporal</h2>
      <Facts
        facts={[
          [
            'Reachable',
            reachable ? (
              <span className="text-good">✓ yes{answerMs !== null && `, in ${answerMs} ms`}</span>
            ) : (
              <span className="text-bad">✕ no: nothing goes on until it answers</span>
            ),
          ],
          ['Address', address],
          ['Namespace', namespace],
          ['Version', version ?? 'not known'],
          ['Keeps ended runs', retentionDays === null ? 'not known for how long' : `${retentionDays} days`],
          ['Archive', <Archive key="archive" />],
        ]}
      />
    </section>
  );
}

/** The gateway tells by whether it has a list of it. */
function Archive() {
  const { data, error } = useQuery({
    queryKey: ['archive', 'is on'],
    queryFn: async ({ signal }) => {
      try {
        await client.archivePage({ limit: 1, signal });
        return 'on';
      } catch (fault) {
        if (fault instanceof BatonClientError && fault.code === 'not_found') return 'off';
        throw fault;
      }
    },
    staleTime: 60_000,
  });
  if (error) return <span className="text-bad">{error.message}</span>;
  if (data === undefined) return '…';
  return data === 'on' ? 'on: runs are kept beyond that' : 'off: runs are gone after that';
}
