import { useQuery } from '@tanstack/react-query';
import { client } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { BlueprintCard } from './blueprint-card.tsx';
import { sortBlueprints } from './sort-blueprints.ts';

export function StartScreen() {
  const { isOps, me, mayStart } = useMe();
  const { data, error } = useQuery({
    queryKey: ['blueprints'],
    queryFn: ({ signal }) => client.blueprints({ signal }),
  });
  const { forAll, forOps } = sortBlueprints(data ?? []);
  const whyNot = me !== undefined && !mayStart ? 'Your role starts no runs' : null;
  return (
    <Page title="Start a run">
      {error && <Fault error={error} />}
      {whyNot !== null && <p className="mb-3 text-warn">{whyNot}: it takes the role client or ops.</p>}
      {data === undefined && !error && <p className="min-h-40 text-muted">Loading</p>}
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {forAll.map((blueprint) => (
          <BlueprintCard key={blueprint.name} blueprint={blueprint} whyNot={whyNot} />
        ))}
      </ul>
      {isOps && forOps.length > 0 && (
        <section aria-labelledby="for-operations">
          <h2 id="for-operations" className="mb-2 mt-6 font-semibold">
            For operations
          </h2>
          <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {forOps.map((blueprint) => (
              <BlueprintCard key={blueprint.name} blueprint={blueprint} whyNot={whyNot} />
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}
