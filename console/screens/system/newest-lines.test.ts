import { expect, test } from 'vitest';
import type { RunEvent } from '../../../client/index.ts';
import { agentsIn, newestLines } from './newest-lines.ts';

const event = (seq: number, second: number, type: string, agent?: string) =>
  ({
    seq,
    type,
    at: `2026-11-21T10:00:${String(second).padStart(2, '0')}.000Z`,
    ...(agent && { agent }),
    data: {},
  }) as RunEvent;
const runs = [
  {
    run: 'r',
    events: [event(1, 0, 'run.started'), event(2, 3, 'agent.emitted', 'coder'), event(3, 3, 'agent.failed', 'coder')],
  },
  { run: 's', events: [event(7, 5, 'agent.emitted', 'crawler')] },
];
const told = (filter: Parameters<typeof newestLines>[1]) =>
  newestLines(runs, filter).map(({ run, event: { seq } }) => `${run} ${seq}`);

test('what agents said is told over all runs, the newest first', () => {
  expect(told({ agent: '', failuresOnly: false })).toEqual(['s 7', 'r 3', 'r 2']);
  expect(told({ agent: 'coder', failuresOnly: false })).toEqual(['r 3', 'r 2']);
  expect(told({ agent: '', failuresOnly: true })).toEqual(['r 3']);
  expect(agentsIn(runs)).toEqual(['coder', 'crawler']);
});
