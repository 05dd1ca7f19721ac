import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';

export function RunsScreen() {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['runs'],
    queryFn: ({ pageParam, signal }) =>
      client.listPage({ limit: 50, signal, ...(pageParam !== null && { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const runs = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title="Runs">
      {error && <Fault error={error} />}
      <table className="w-full text-left">
        <thead>
          <tr className="border-b border-line text-sm text-muted">
            <th className="py-1.5 pr-4 font-medium">Run</th>
            <th className="py-1.5 pr-4 font-medium">Blueprint</th>
            <th className="py-1.5 pr-4 font-medium">Status</th>
            <th className="py-1.5 font-medium">Started</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} className="border-b border-line">
              <td className="py-1.5 pr-4">
                <Link to="/runs/$run" params={{ run: run.id }} className="text-accent underline">
                  {run.id}
                </Link>
              </td>
              <td className="py-1.5 pr-4">{run.blueprint}</td>
              <td className="py-1.5 pr-4">
                <Status status={run.status} />
              </td>
              <td className="py-1.5">
                <When at={run.startedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <Button className="mt-3" onPress={() => void fetchNextPage()} isDisabled={isFetchingNextPage}>
          More
        </Button>
      )}
    </Page>
  );
}
