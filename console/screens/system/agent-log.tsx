/** The newest lines of agents over the newest runs; each leads to its place in the log of its run. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { endedStatuses, type RunEvent, type RunStatus } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { When } from '../../parts/when.tsx';
import { eventText } from '../run/events/event-text.ts';
import { agentsIn, eventsRead, newestLines, runsRead } from './newest-lines.ts';

const everyMs = 10_000;

export function AgentLog() {
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-label="What agents say" className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="font-semibold">What agents say</h2>
      <p className="mb-2 text-sm text-muted">
        The newest lines of the newest {runsRead} runs that are open, and of as many that have ended. Agents write into
        the log of their run: all of it, searched and filtered, is under Events there.
      </p>
      {isOpen ? <Lines /> : <Button onPress={() => setOpen(true)}>Show the newest lines</Button>}
    </section>
  );
}

async function readNewest(signal: AbortSignal): Promise<{ run: string; events: RunEvent[] }[]> {
  // Open ones come first in a list: where there are many, they would be all.
  const pages = await Promise.all([
    client.listPage({ limit: runsRead, signal }),
    client.listPage({ status: [...endedStatuses] as RunStatus[], limit: runsRead, signal }),
  ]);
  const runs = new Map(pages.flatMap(({ items }) => items.map((run) => [run.id, run])));
  const reading = [...runs.values()].map(async ({ id, lastSeq }) => {
    // A run may be gone, or its log shorter, between the two.
    const read = client.events(id, { after: Math.max(0, lastSeq - eventsRead), signal });
    return { run: id, events: await read.then(({ events }) => events).catch(() => []) };
  });
  return await Promise.all(reading);
}

function Lines() {
  const [agent, setAgent] = useState('');
  const [failuresOnly, setFailuresOnly] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['newest lines'],
    queryFn: ({ signal }) => readNewest(signal),
    refetchInterval: everyMs,
  });
  if (error) return <Fault error={error} />;
  if (data === undefined) return <p className="min-h-40 text-muted">Reading</p>;
  const lines = newestLines(data, { agent, failuresOnly });
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-4 text-sm">
        <label className="flex items-center gap-2">
          Agent
          <select
            className="rounded border border-muted/70 bg-surface px-1.5 py-1 text-text"
            value={agent}
            onChange={({ target }) => setAgent(target.value)}
          >
            <option value="">all</option>
            {agentsIn(data).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="flex min-h-7 items-center gap-2">
          <input
            type="checkbox"
            className="size-4"
            checked={failuresOnly}
            onChange={({ target }) => setFailuresOnly(target.checked)}
          />
          Failures only
        </label>
      </div>
      {lines.length === 0 ? (
        <p className="text-muted">Nothing.</p>
      ) : (
        <div tabIndex={0} role="region" aria-label="Newest lines" className="max-h-96 overflow-auto">
          <ul className="divide-y divide-line text-sm">
            {lines.map(({ run, event }) => (
              <li key={`${run} ${event.seq}`} className="flex flex-wrap gap-x-3 py-1">
                <span className="text-muted">
                  <When at={event.at} />
                </span>
                <Link
                  to="/runs/$run/$tab"
                  params={{ run, tab: 'events' }}
                  search={{ seq: String(event.seq) }}
                  className="max-w-full break-all text-accent underline"
                >
                  {run} {event.seq}
                </Link>
                <span className="font-mono">{event.step}</span>
                <span className={event.type.endsWith('failed') ? 'text-bad' : 'text-muted'}>{event.type}</span>
                <span className="w-full break-words">{eventText(event)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
