/** Where the run comes from, what comes from it, who did what to it, and what its steps have cost. */
import { Link } from '@tanstack/react-router';
import type { Timeline } from '../../../../client/index.ts';
import { useRunStore } from '../../../live/use-run.ts';
import { useTimeline } from '../../../live/use-timeline.ts';
import { durationText } from '../../../parts/duration.ts';
import { Fault } from '../../../parts/fault.tsx';
import { Status } from '../../../parts/status.tsx';
import { When } from '../../../parts/when.tsx';
import { toEvents } from '../run-address.ts';
import { TabLink } from '../tab-link.tsx';
import { CostTable } from './cost-table.tsx';

export function HistoryTab() {
  const store = useRunStore();
  const { timeline, steps, error } = useTimeline(store);
  return (
    <div className="grid gap-4">
      {error && <Fault error={error} />}
      {timeline && (
        <>
          <Lineage timeline={timeline} />
          <Executions timeline={timeline} />
          <Marks timeline={timeline} />
          <CostTable steps={steps} usage={timeline.usage} cost={timeline.cost} />
        </>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const linkLook = 'text-accent underline break-all';

function Lineage({ timeline: { run, from, forks } }: { timeline: Timeline }) {
  return (
    <Part title="Lineage">
      {from === null ? (
        <p className="text-muted">It was started by itself, from no other run.</p>
      ) : (
        <p>
          Forked from{' '}
          <Link to="/runs/$run" params={{ run: from.run }} className={linkLook}>
            {from.run}
          </Link>
          {from.step === null ? '' : `, before ${from.step}`}, at its event{' '}
          <Link
            to="/runs/$run/$tab"
            params={{ run: from.run, tab: 'events' }}
            search={{ seq: String(from.seq) }}
            className={linkLook}
          >
            {from.seq}
          </Link>
        </p>
      )}
      {forks.length > 0 && (
        <>
          <h3 className="mt-3 font-medium">Forks of it, newest first</h3>
          <ul className="mt-1 space-y-1">
            {forks.map((fork) => (
              <li key={fork.run} className="flex flex-wrap gap-x-3">
                <Link to="/runs/$run" params={{ run: fork.run }} className={linkLook}>
                  {fork.run}
                </Link>
                <Status status={fork.status} />
              </li>
            ))}
          </ul>
          <p className="mt-2">
            <Link to="/runs" search={{ from: run }} className={linkLook}>
              All forks, as a list of runs
            </Link>
          </p>
        </>
      )}
    </Part>
  );
}

const causes: Readonly<Record<string, string>> = {
  'run.started': 'started',
  'run.reset': 'reset',
  'run.retried': 'retried',
  'run.continued': 'next message',
};

function Executions({ timeline: { executions, isCut } }: { timeline: Timeline }) {
  return (
    <Part title="Executions">
      {isCut && <p className="mb-2 text-warn">The beginning is past retention.</p>}
      <div tabIndex={0} role="region" aria-label="Table of executions" className="overflow-x-auto">
        <table className="w-full text-left text-sm">
          <thead>
            <tr className="border-b border-line text-muted">
              {['Began', 'Why', 'By', 'Via', 'Events', 'Took', 'Outcome', 'Temporal run id'].map((name) => (
                <th key={name} className="whitespace-nowrap py-1 pr-4 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {executions.map((each) => (
              <tr key={each.execution} className="border-b border-line">
                <td className="py-1 pr-4">
                  <When at={each.at} />
                </td>
                <td className="whitespace-nowrap py-1 pr-4">
                  {each.cause === null ? 'history was full' : (causes[each.cause] ?? each.cause)}
                </td>
                <td className="py-1 pr-4">{each.by ?? '–'}</td>
                <td className="whitespace-nowrap py-1 pr-4">
                  {[each.via, each.from].filter(Boolean).join(' from ') || '–'}
                </td>
                <td className="whitespace-nowrap py-1 pr-4 tabular-nums">
                  <TabLink tab="events" changes={toEvents({ seq: each.fromSeq })}>
                    {each.fromSeq}
                  </TabLink>{' '}
                  to {each.toSeq}
                </td>
                <td className="whitespace-nowrap py-1 pr-4 tabular-nums">
                  {each.endedAt === null ? 'goes on' : durationText(Date.parse(each.endedAt) - Date.parse(each.at))}
                </td>
                <td className="py-1 pr-4">{each.outcome.replace('_', ' ')}</td>
                <td className="whitespace-nowrap py-1 font-mono text-muted">{each.execution}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Part>
  );
}

function Marks({ timeline: { marks } }: { timeline: Timeline }) {
  return (
    <Part title="What was done to it, newest first">
      <ul className="divide-y divide-line text-sm">
        {marks.toReversed().map(({ seq, at, type, by, via, step, text }) => (
          <li key={seq} className="flex flex-wrap gap-x-3 py-1">
            <TabLink
              tab="events"
              changes={toEvents({ seq })}
              className="w-16 text-right tabular-nums text-accent underline"
            >
              {seq}
            </TabLink>
            <When at={at} />
            <span className="font-mono">{type}</span>
            {step !== null && <span className="font-mono text-muted">{step}</span>}
            {by !== null && (
              <span className="text-muted">
                by {by}
                {via !== null && ` via ${via}`}
              </span>
            )}
            {text !== null && <span className="w-full break-words pl-19 text-muted sm:w-auto sm:pl-0">{text}</span>}
          </li>
        ))}
      </ul>
    </Part>
  );
}
