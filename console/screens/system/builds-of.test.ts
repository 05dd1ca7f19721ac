import { expect, test } from 'vitest';
import type { QueueStanding } from '../../../client/index.ts';
import { buildsOf } from './builds-of.ts';

const queue = (...workers: [identity: string, build: string | null][]) =>
  ({ workers: workers.map(([identity, build]) => ({ identity, build })) }) as QueueStanding;

test('each process counts once, whatever it serves', () => {
  const queues = [queue(['1@a', 'new'], ['2@a', 'new'], ['3@b', 'old']), queue(['1@a', 'new'], ['4@b', null])];
  expect(buildsOf(queues)).toEqual([
    { build: 'new', workers: 2 },
    { build: 'old', workers: 1 },
    { build: null, workers: 1 },
  ]);
});
