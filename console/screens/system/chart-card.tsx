import { lazy, Suspense, useMemo } from 'react';
import { lasting } from '../../app/lasting.ts';
import { columns, extentOf, type Sample } from './samples.ts';

const LiveChart = lazy(lasting(() => import('./live-chart.tsx')));

export interface ChartLine {
  label: string;
  /** Its name in the theme. */
  colour: 'accent' | 'warn' | 'good';
  pick: (sample: Sample) => number | null;
}

const lineColours: Readonly<Record<ChartLine['colour'], string>> = {
  accent: 'text-accent',
  warn: 'text-warn',
  good: 'text-good',
};

/** What the line shows stands below it in words, too. `lines`: keep its identity. */
export function ChartCard({
  title,
  unit,
  lines,
  samples,
}: {
  title: string;
  unit: string;
  lines: readonly ChartLine[];
  samples: readonly Sample[];
}) {
  const data = useMemo(
    () =>
      columns(
        samples,
        lines.map(({ pick }) => pick),
      ),
    [samples, lines],
  );
  const colours = useMemo(() => lines.map(({ colour }) => colour), [lines]);
  return (
    <figure className="m-0 min-w-0 rounded border border-line bg-surface p-3">
      <h3 className="mb-1 font-medium">{title}</h3>
      <div aria-hidden="true" className="h-[130px]">
        <Suspense>
          <LiveChart data={data} colours={colours} />
        </Suspense>
      </div>
      {/* Room for what is told once something was measured. */}
      <figcaption className="min-h-20 text-sm">
        {lines.map(({ label, colour, pick }) => {
          const { now, highest } = extentOf(samples, pick);
          return (
            <span key={label} className="block tabular-nums">
              <span aria-hidden="true" className={lineColours[colour]}>
                ━{' '}
              </span>
              {label}: {now === null ? 'nothing measured now' : `${shown(now)} ${unit} now`}
              {highest !== null && `, ${shown(highest)} at most in ten minutes`}
            </span>
          );
        })}
      </figcaption>
    </figure>
  );
}

function shown(value: number): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 });
}
