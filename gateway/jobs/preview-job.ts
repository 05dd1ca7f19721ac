/** What a job would be about, and what it would repeat with a few of the runs. Nothing is done. */
import { BatonError } from '../../protocol/errors.ts';
import { bulkPredictionsAtOnce, bulkSampleRuns } from '../../protocol/limits.ts';
import type { Bulk, JobPreview } from '../../protocol/schemas/jobs.ts';
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import { endedStatuses } from '../../protocol/schemas/state.ts';
import type { Guard } from '../auth/guard.ts';
import type { Foreseeable } from '../engine.ts';
import { present } from '../present.ts';
import { misfit } from '../runs/require-fit.ts';
import { jobBlueprint } from './job-blueprint.ts';
import { requireFilter } from './start-job.ts';

type Sample = JobPreview['sample'][number];

/** Errors: filter_needed, forbidden. */
export async function previewJob(guard: Guard, bulk: Bulk): Promise<JobPreview> {
  requireFilter(bulk);
  const { filter = {} } = bulk;
  const [fitting, jobs, { items }] = await Promise.all([
    guard.count(filter),
    // Jobs are meant only where their blueprint is named.
    filter.blueprint === undefined ? guard.count({ ...filter, blueprint: jobBlueprint }) : null,
    guard.list({ ...filter, limit: bulkSampleRuns }),
  ]);
  const byStatus = { ...fitting.byStatus };
  for (const [status, count] of Object.entries(jobs?.byStatus ?? {})) {
    const rest = (byStatus[status] ?? 0) - count;
    if (rest > 0) byStatus[status] = rest;
    else delete byStatus[status];
  }
  const meant = items.filter(({ blueprint }) => blueprint !== jobBlueprint || filter.blueprint === jobBlueprint);
  return {
    count: Object.values(byStatus).reduce((sum, count) => sum + count, 0),
    byStatus,
    sample: await foretold(
      guard,
      {
        act: foreseeableOf(bulk),
        isForced: 'force' in bulk && bulk.force === true,
        endedOnly: bulk.action === 'delete' && bulk.terminate !== true,
      },
      meant,
    ),
  };
}

/** null: nothing is repeated by it. */
function foreseeableOf(bulk: Bulk): Foreseeable | null {
  switch (bulk.action) {
    case 'retry':
      return { command: 'retry' };
    case 'resume':
      return present({ command: bulk.action, edits: bulk.edits });
    case 'reset':
      return present({ command: bulk.action, step: bulk.step, edits: bulk.edits });
    case 'fork':
      return present({ command: bulk.action, step: bulk.step, edits: bulk.edits });
    case 'unpause':
    case 'retry-step':
      return present({ command: bulk.action, step: bulk.step });
    case 'pause':
    case 'cancel':
    case 'terminate':
    case 'delete':
      return null;
  }
}

interface Foretold {
  /** null: nothing is repeated by it. */
  act: Foreseeable | null;
  isForced: boolean;
  /** Open runs would refuse. */
  endedOnly: boolean;
}

async function foretold(guard: Guard, what: Foretold, runs: readonly RunSummary[]): Promise<Sample[]> {
  const sample: Sample[] = [];
  for (let from = 0; from < runs.length; from += bulkPredictionsAtOnce) {
    const some = runs.slice(from, from + bulkPredictionsAtOnce);
    sample.push(...(await Promise.all(some.map((run) => foretoldOf(guard, what, run)))));
  }
  return sample;
}

async function foretoldOf(
  guard: Guard,
  { act, isForced, endedOnly }: Foretold,
  { id, status }: RunSummary,
): Promise<Sample> {
  const of = { run: id, status };
  if (endedOnly && !endedStatuses.has(status))
    return { ...of, prediction: null, refused: { code: 'run_not_ended', message: `run ${id} is ${status}` } };
  if (act === null) return { ...of, prediction: null, refused: null };
  try {
    const prediction = await guard.predict(id, act);
    const refused = isForced || !prediction.verification ? null : misfit(prediction.verification);
    if (refused === null) return { ...of, prediction, refused };
    return { ...of, prediction: null, refused: { code: refused.code, message: refused.message } };
  } catch (error) {
    if (!(error instanceof BatonError) || error.status >= 500) throw error;
    return { ...of, prediction: null, refused: { code: error.code, message: error.message } };
  }
}
