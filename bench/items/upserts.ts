/** What writing a memo or search attributes costs a step: plain workflows that write one, the other, both, or neither. */
import type { Figure } from '../figure.ts';
import { median } from '../quantile.ts';
import type { Stage } from '../stage.ts';
import type { Upsert } from '../workflows/bare-steps.ts';
import { stepTimes, type Size } from './step-runs.ts';

const item = 'upserts';

const labels: Record<Exclude<Upsert, 'none'>, string> = {
  memo: 'memo of 1 KiB',
  attributes: 'search attributes',
  both: 'memo and search attributes',
  argument: 'the same batch in the activity’s argument',
  'argument-attributes': 'the batch in the argument, and search attributes',
};
const kinds = Object.keys(labels) as (keyof typeof labels)[];

export async function upserts(stage: Stage): Promise<Figure[]> {
  const { quick } = stage;
  return [
    ...(await measure(stage, { atOnce: 1, steps: quick ? 4 : 20, rounds: quick ? 1 : 8 })),
    ...(await measure(stage, { atOnce: quick ? 4 : 50, steps: quick ? 3 : 6, rounds: quick ? 1 : 4 })),
  ];
}

async function measure(stage: Stage, size: Size): Promise<Figure[]> {
  const { none, ...times } = await stepTimes(stage, ['none', ...kinds], size);
  const scale = size.atOnce === 1 ? 'one run' : `${size.atOnce} runs at once`;
  return kinds.flatMap((kind): Figure[] => {
    const more = (of: 'wallMs' | 'cpuMs') =>
      median(times[kind][of].map((ms, round) => ms / (none[of][round] ?? Number.NaN)));
    const what = `${labels[kind]}, ${scale}`;
    const cpu = more('cpuMs');
    return [
      { item, what: `time of a step to one without: ${what}`, value: more('wallMs'), unit: 'ratio' },
      ...(Number.isNaN(cpu)
        ? []
        : [{ item, what: `CPU of a step to one without: ${what}`, value: cpu, unit: 'ratio' } as const]),
    ];
  });
}
