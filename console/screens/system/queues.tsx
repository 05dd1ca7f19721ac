/** Task queues, with who works on them. */
import type { QueueStanding, WorkerStanding } from '../../../client/index.ts';
import { durationText } from '../../parts/duration.ts';
import { When } from '../../parts/when.tsx';
import { buildsOf } from './builds-of.ts';

export function Queues({ queues }: { queues: readonly QueueStanding[] }) {
  const builds = buildsOf(queues);
  return (
    <section aria-label="Workers and task queues" className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">Workers and task queues</h2>
      {queues.length === 0 && <p className="text-muted">None is known while Temporal does not answer.</p>}
      {builds.length > 0 && (
        <p className="mb-2 text-sm">
          <span className="text-muted">Builds at work: </span>
          {builds.map(({ build, workers }, index) => (
            <span key={build}>
              {index > 0 && ', '}
              <span className="font-mono">{build ?? 'none told'}</span> ({workers})
            </span>
          ))}
          {builds.length > 1 && <span className="text-warn"> – workers of different builds are at work</span>}
        </p>
      )}
      <ul className="space-y-3">
        {queues.map((queue) => (
          <Queue key={queue.name} queue={queue} />
        ))}
      </ul>
    </section>
  );
}

function Queue({ queue: { name, workers, backlog, addedPerSecond, takenPerSecond } }: { queue: QueueStanding }) {
  return (
    <li className="border-t border-line pt-2">
      <div className="flex flex-wrap items-baseline gap-x-4 text-sm">
        <h3 className="break-all font-mono text-base font-medium">{name}</h3>
        <span className={`tabular-nums ${backlog.count > 0 ? 'text-warn' : ''}`}>
          {backlog.count === 0
            ? 'nothing waits'
            : `${backlog.count.toLocaleString()} waiting, the oldest for ${durationText(backlog.ageMs)}`}
        </span>
        <span className="tabular-nums text-muted">
          {addedPerSecond.toFixed(1)} tasks a second come, {takenPerSecond.toFixed(1)} are taken
        </span>
      </div>
      {workers.length === 0 ? (
        <p className="text-bad">Nobody works on it: start a worker.</p>
      ) : (
        <div tabIndex={0} role="region" aria-label={`Workers of ${name}`} className="overflow-x-auto">
          <table className="w-full text-left text-sm">
            <thead>
              <tr className="border-b border-line text-muted">
                {['Worker', 'Build', 'Activities', 'Workflow tasks', 'Last seen'].map((title) => (
                  <th key={title} className="whitespace-nowrap py-1 pr-4 font-medium">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {workers.map((worker) => (
                <WorkerRow key={worker.identity} worker={worker} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </li>
  );
}

function WorkerRow({ worker: { identity, build, slots, lastSeenAt } }: { worker: WorkerStanding }) {
  return (
    <tr className="border-b border-line">
      <td className="py-1 pr-4">{identity}</td>
      <td className="py-1 pr-4 font-mono">{build ?? '–'}</td>
      <td className="whitespace-nowrap py-1 pr-4 tabular-nums">{slotsText(slots?.activities)}</td>
      <td className="whitespace-nowrap py-1 pr-4 tabular-nums">{slotsText(slots?.workflowTasks)}</td>
      <td className="py-1 pr-4">
        <When at={lastSeenAt} />
      </td>
    </tr>
  );
}

function slotsText(slots: { used: number; free: number } | null | undefined): string {
  return slots ? `${slots.used} of ${slots.used + slots.free} slots` : 'not told yet';
}
