import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { client } from '../../app/client.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { StartForm } from './start-form.tsx';
import { inputOf } from './start-search.ts';

export function StartOneScreen() {
  const { blueprint: name } = useParams({ from: '/start/$blueprint' });
  const search = useSearch({ from: '/start/$blueprint' });
  const { like } = search;
  const blueprints = useQuery({ queryKey: ['blueprints'], queryFn: ({ signal }) => client.blueprints({ signal }) });
  const model = useQuery({
    queryKey: ['state', like],
    queryFn: ({ signal }) => client.state(like ?? '', { signal }),
    enabled: like !== undefined,
    staleTime: Infinity,
  });
  const found = blueprints.data?.find((known) => known.name === name);
  const given = inputOf(search);
  const error = blueprints.error ?? model.error;
  const isReady = found !== undefined && (like === undefined || model.data !== undefined || model.error !== null);
  return (
    <Page
      title={`Start ${name}`}
      aside={
        <Link to="/start" className="text-accent underline">
          All blueprints
        </Link>
      }
    >
      {error && <Fault error={error} />}
      {given.fault !== undefined && (
        <p role="alert" className="mb-3 text-warn">
          The input in the address is no JSON ({given.fault}): the form begins with the example.
        </p>
      )}
      {blueprints.data !== undefined && found === undefined && <p>There is no blueprint {name}.</p>}
      {found?.available === false && <p className="mb-3 text-warn">Not available: {found.reason}</p>}
      {isReady && (
        <StartForm
          key={`${name} ${search['input'] ?? ''} ${like ?? ''}`}
          blueprint={found}
          initial={given.input ?? model.data?.input ?? found.example}
          draftKey={['start', name, search['input'] ?? '', like ?? ''].join(':')}
        />
      )}
    </Page>
  );
}
