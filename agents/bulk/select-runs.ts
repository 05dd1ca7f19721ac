/** Lists the runs that fit now, so that the job is about these and no others, however long it takes. */
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import { bulkRunsMax } from '../../protocol/limits.ts';
import type { Bulk } from '../../protocol/schemas/jobs.ts';
import type { Selected } from './contract.ts';
import type { OpsPort } from './ops-port.ts';

/** Jobs are runs, too: one is meant only where their blueprint is named. */
const jobBlueprint = 'baton-bulk';

export async function selectRuns(
  ctx: AgentContext,
  { filter = {} }: Bulk,
  port: OpsPort,
): Promise<AgentResult<Selected>> {
  const runs = new Set<string>();
  const byStatus: Record<string, number> = {};
  for await (const page of port.select(filter)) {
    ctx.signal.throwIfAborted();
    for (const { run, blueprint, status } of page) {
      if (run === ctx.run || runs.has(run)) continue;
      if (blueprint === jobBlueprint && filter.blueprint !== jobBlueprint) continue;
      runs.add(run);
      byStatus[status] = (byStatus[status] ?? 0) + 1;
    }
    if (runs.size > bulkRunsMax)
      throw new BatonError('too_many_runs', `more than ${bulkRunsMax} runs fit: narrow the filter`);
    ctx.progress(0, `${runs.size} runs found`);
  }
  const blob = await ctx.storeBlob(Buffer.from(JSON.stringify([...runs])), 'application/json');
  const selected = { count: runs.size, byStatus, blob };
  await ctx.emit('bulk.selected', selected);
  return { done: selected, message: `${runs.size} runs fit` };
}
