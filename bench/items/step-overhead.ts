/**
 * What a step of Baton costs against a plain workflow that calls two activities in turn, with the same options, on the
 * same server and the same worker options. The blueprint's two agents take turns too, so that memo and search
 * attributes are written with every step.
 */
import type { Figure } from '../figure.ts';
import { median } from '../quantile.ts';
import type { Stage } from '../stage.ts';
import { stepTimes, type Kind, type StepTimes } from './step-runs.ts';

const item = 'step-overhead';

const labels: Partial<Record<Kind, string>> = {
  none: 'plain Temporal',
  baton: 'Baton',
  'baton-tailed': 'Baton, tailed by the gateway',
};

export async function stepOverhead(stage: Stage): Promise<Figure[]> {
  const { quick } = stage;
  return [
    ...(await measure(stage, { atOnce: 1, steps: quick ? 4 : 20, rounds: quick ? 1 : 12 })),
    ...(await measure(stage, { atOnce: quick ? 4 : 50, steps: quick ? 3 : 6, rounds: quick ? 1 : 4 })),
  ];
}

async function measure(stage: Stage, size: { atOnce: number; steps: number; rounds: number }): Promise<Figure[]> {
  const times = await stepTimes(stage, ['none', 'baton', 'baton-tailed'], size);
  const scale = size.atOnce === 1 ? 'one run' : `${size.atOnce} runs at once`;
  const { none } = times;
  const figures: Figure[] = [];
  for (const kind of ['none', 'baton', 'baton-tailed'] as const) {
    const { wallMs, cpuMs } = times[kind];
    const what = `${labels[kind]}, ${scale}`;
    figures.push({ item, what: `a step, ${what}`, value: median(wallMs), unit: 'ms' });
    if (size.atOnce > 1) figures.push({ item, what: `steps, ${what}`, value: 1_000 / median(wallMs), unit: '1/s' });
    if (!Number.isNaN(median(cpuMs)))
      figures.push({ item, what: `CPU of a step, ${what}`, value: median(cpuMs), unit: 'ms' });
    if (kind === 'none') continue;
    const bound = kind === 'baton' ? { bound: { atMost: 1.3 } } : {};
    figures.push({
      item,
      what: `a step to plain Temporal, ${what}`,
      value: ratio(times[kind], none),
      unit: 'ratio',
      ...bound,
    });
  }
  return figures;
}

/** Of rounds that lie next to each other, so that a busy minute of the machine is in both. */
function ratio(of: StepTimes, to: StepTimes): number {
  return median(of.wallMs.map((ms, round) => ms / (to.wallMs[round] ?? Number.NaN)));
}
