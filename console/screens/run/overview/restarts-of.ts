import type { Timeline } from '../../../../client/index.ts';

const labels: Readonly<Record<string, string>> = {
  'run.reset': 'reset',
  'run.retried': 'retried',
  'run.continued': 'next message',
};

/** Where the run began anew. Pure. */
export function restartsOf({ marks }: Pick<Timeline, 'marks'>): { seq: number; label: string }[] {
  return marks.flatMap(({ seq, type }) => {
    const label = labels[type];
    return label === undefined ? [] : [{ seq, label }];
  });
}
