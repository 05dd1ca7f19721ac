/** bulk-select ─▶ bulk-act ─▶ end. What is selected stands in the log before anything is done. Replayed. */
import { defineBlueprint } from '../supervisor/define-blueprint.ts';

/** Plain: what the first step returned. */
interface Selected {
  count: number;
}

/** An attempt fails where the server is away, and costs nothing but its wait. */
const maxAttempts = 100;

export const blueprint = defineBlueprint({
  name: 'baton-bulk',
  agents: {
    'bulk-select': { timeoutMs: 30 * 60_000, maxAttempts, retryIntervalMs: 1_000, span: [0, 0.01] },
    // 100,000 runs, one every six seconds.
    'bulk-act': { timeoutMs: 7 * 24 * 60 * 60_000, maxAttempts, retryIntervalMs: 1_000, span: [0.01, 1] },
  },
  // What has been begun with is told.
  graceMs: 3_000,
  policy: (_state, last, job) => {
    const [step] = last;
    if (step?.status !== 'completed')
      return { goto: { agent: 'bulk-select' }, reason: 'the runs that fit are to be found' };
    if (step.agent === 'bulk-act') return { goto: 'end', reason: 'each run has its result' };
    const selected = step.result as Selected;
    if ((job as { dryRun?: boolean }).dryRun === true)
      return { goto: 'end', reason: 'it is a dry run', result: { selected } };
    return {
      goto: { agent: 'bulk-act', input: { job, selected } },
      reason: selected.count === 1 ? '1 run fits' : `${selected.count} runs fit`,
    };
  },
});
