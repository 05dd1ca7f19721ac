/** Runs of a failure group, as an address has them. Pure. */
import type { FailureGroup } from '../../../client/index.ts';
import { filterPart, type RunSearch } from '../runs/run-search.ts';

/** Within the filter that the groups were made of. Where the group has no step or build, a filter cannot say so. */
export function groupSearch({ code, step, build }: FailureGroup, within: RunSearch): Record<string, string> {
  return filterPart({
    ...within,
    status: 'failed',
    code,
    ...(step !== null && { step }),
    ...(build !== null && { build }),
  });
}
