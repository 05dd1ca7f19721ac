/** A blueprint with one word to change: each makes it break the histories that the unbroken one has left. */
import { workflowInfo } from '@temporalio/workflow';
import { defineBlueprint, type Command } from '../../../workflows/supervisor/define-blueprint.ts';

/** The test puts another word in its place, in the bundle. */
const planted: string = '@planted@';

interface PlantedInput {
  pages: number;
}

/** Open while the run is alive, long over when its history is replayed: code must not look at the clock. */
const isLate = () => workflowInfo().unsafe.now() - Date.now() > 60_000;

function route(done: readonly string[], pages: number): string {
  const order = planted === 'order' ? ['second', 'first'] : ['first', 'second'];
  const next = order[done.length];
  if (planted === 'clock' && done.length === 1 && isLate()) return 'extra';
  if (next !== undefined) return planted === 'renamed' && next === 'second' ? 'second-renamed' : next;
  if (planted === 'added' && done.length === 2) return 'extra';
  if (pages > (planted === 'condition' ? 10 : 3) && !done.includes('extra')) return 'extra';
  return 'end';
}

export const blueprint = defineBlueprint({
  name: 'planted',
  agents: { first: {}, second: {}, 'second-renamed': {}, extra: {} },
  ...(planted === 'timer' ? {} : { limits: { wallTimeMs: 600_000 } }),
  policy: (state, _last, input): Command => {
    const done = Object.entries(state.agents).flatMap(([name, { calls }]) => Array.from({ length: calls }, () => name));
    const goto = route(done, (input as PlantedInput).pages);
    return goto === 'end' ? { goto, reason: 'all is done', result: null } : { goto: { agent: goto }, reason: 'next' };
  },
});
