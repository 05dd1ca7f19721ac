/** How much, and how fast, of the gateway that is chosen: the same one whichever answers. */
import { useState } from 'react';
import { ChartCard, type ChartLine } from './chart-card.tsx';
import type { Sample } from './samples.ts';

const rates: readonly ChartLine[] = [
  { label: 'Events to clients', colour: 'accent', pick: ({ eventsPerSecond }) => eventsPerSecond },
  { label: 'Requests', colour: 'good', pick: ({ requestsPerSecond }) => requestsPerSecond },
];
const latencies: readonly ChartLine[] = [
  { label: 'Half of them within', colour: 'accent', pick: ({ p50Ms }) => p50Ms },
  { label: '95 % within', colour: 'warn', pick: ({ p95Ms }) => p95Ms },
];
const sockets: readonly ChartLine[] = [{ label: 'Sockets', colour: 'accent', pick: ({ sockets: count }) => count }];
const backlogs: readonly ChartLine[] = [{ label: 'Waiting tasks', colour: 'warn', pick: ({ backlog }) => backlog }];

export function Charts({ samples, gateways }: { samples: readonly Sample[]; gateways: readonly string[] }) {
  const names = gateways.toSorted();
  const [chosen, setChosen] = useState<string | null>(null);
  const gateway = chosen !== null && names.includes(chosen) ? chosen : names[0];
  const own = samples.filter((sample) => sample.gateway === gateway);
  return (
    <section aria-label="Rates and latencies">
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">The last ten minutes</h2>
        {names.length > 1 && (
          <label className="flex items-center gap-2 text-sm">
            of gateway
            <select
              className="rounded border border-muted/70 bg-surface px-1.5 py-1 text-text"
              value={gateway}
              onChange={({ target }) => setChosen(target.value)}
            >
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        <ChartCard title="Rates" unit="a second" lines={rates} samples={own} />
        <ChartCard title="From the log to the socket" unit="ms" lines={latencies} samples={own} />
        <ChartCard title="Sockets" unit="open" lines={sockets} samples={own} />
        <ChartCard title="Task queues" unit="waiting" lines={backlogs} samples={own} />
      </div>
    </section>
  );
}
