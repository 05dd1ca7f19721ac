import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';

export function StartOneScreen() {
  const { blueprint } = useParams({ from: '/start/$blueprint' });
  const navigate = useNavigate();
  const { data: blueprints, error } = useQuery({
    queryKey: ['blueprints'],
    queryFn: ({ signal }) => client.blueprints({ signal }),
  });
  const found = blueprints?.find(({ name }) => name === blueprint);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? JSON.stringify(found?.example ?? {}, null, 2);
  const start = useMutation({
    mutationFn: () => client.start(blueprint, JSON.parse(text)),
    onSuccess: ({ run }) => navigate({ to: '/runs/$run', params: { run: run.id }, search: {} }),
  });
  return (
    <Page title={`Start ${blueprint}`}>
      {error && <Fault error={error} />}
      {blueprints !== undefined && found === undefined && <p>There is no blueprint {blueprint}.</p>}
      {found && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            start.mutate();
          }}
        >
          <p className="mb-3 text-muted">{found.description}</p>
          <label className="block">
            <span className="mb-1 block text-sm font-medium">Input, as JSON</span>
            <textarea
              className="h-64 w-full rounded border border-line bg-surface p-2 font-mono text-sm"
              spellCheck={false}
              value={text}
              onChange={({ target }) => setTyped(target.value)}
            />
          </label>
          {start.error && <Fault error={start.error} />}
          <Button type="submit" look="main" className="mt-3" isDisabled={start.isPending}>
            Start
          </Button>
        </form>
      )}
    </Page>
  );
}
