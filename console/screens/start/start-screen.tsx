import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { client } from '../../app/client.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';

export function StartScreen() {
  const { data: blueprints = [], error } = useQuery({
    queryKey: ['blueprints'],
    queryFn: ({ signal }) => client.blueprints({ signal }),
  });
  return (
    <Page title="Start a run">
      {error && <Fault error={error} />}
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {blueprints.map(({ name, description, available, reason }) => (
          <li key={name} className="rounded border border-line bg-surface p-4">
            <h2 className="font-semibold">
              {available ? (
                <Link to="/start/$blueprint" params={{ blueprint: name }} search={{}} className="text-accent underline">
                  {name}
                </Link>
              ) : (
                name
              )}
            </h2>
            <p className="mt-1 text-muted">{description}</p>
            {!available && <p className="mt-2 text-warn">Not available: {reason}</p>}
          </li>
        ))}
      </ul>
    </Page>
  );
}
