/** A line over time. Lazy: for its library. */
import { useEffect, useRef, useState } from 'react';
import Plot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { keptMs } from './samples.ts';

export interface LiveChartProps {
  /** Seconds, then the values of each line. */
  data: [times: number[], ...values: (number | null)[][]];
  /** The colour of each line, by its name in the theme. */
  colours: readonly string[];
}

const height = 130;

export default function LiveChart({ data, colours }: LiveChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(data);
  latest.current = data;
  const theme = useThemeName();
  const names = colours.join(' ');
  useEffect(() => {
    const root = place.current;
    if (root === null) return undefined;
    const made = new Plot(options(root.clientWidth, names.split(' ')), latest.current, root);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: root.clientWidth, height }));
    watch.observe(root);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, theme]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div ref={place} className="w-full" style={{ height }} />;
}

function options(width: number, colours: readonly string[]): Plot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('muted'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, _min, max) => [(max ?? 0) - keptMs / 1_000, max ?? 0] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, space: 70, values: (_plot, times) => times.map(clockText) },
      { ...axis, size: 46, space: 28 },
    ],
    series: [{}, ...colours.map((name) => ({ stroke: colour(name), width: 2, points: { show: false } }))],
  };
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clockText = (seconds: number) => clock.format(seconds * 1_000);

/** Changes when the page becomes dark or light. */
function useThemeName(): string {
  const [name, setName] = useState(() => document.documentElement.className);
  useEffect(() => {
    const watch = new MutationObserver(() => setName(document.documentElement.className));
    watch.observe(document.documentElement, { attributeFilter: ['class'] });
    return () => watch.disconnect();
  }, []);
  return name;
}
