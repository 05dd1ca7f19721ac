import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { ExecutionInput } from '../../protocol/execution.ts';
import type { Blueprint } from './define-blueprint.ts';
import { supervise } from './supervise.ts';

/** The dynamic workflow of a bundle: the workflow type names the blueprint. */
export function dispatch(blueprints: readonly Blueprint[]): (input: ExecutionInput) => Promise<unknown> {
  const byName = new Map(blueprints.map((blueprint) => [blueprint.name, blueprint]));
  const start = async (input: ExecutionInput) => {
    const { workflowType } = workflowInfo();
    const blueprint = byName.get(workflowType);
    // Fails the workflow task, not the run: a worker that has the blueprint can still take it.
    if (!blueprint) throw new Error(`this worker has no blueprint ${workflowType}`);
    return supervise(blueprint, input);
  };
  setWorkflowOptions(() => {
    const { versioning } = byName.get(workflowInfo().workflowType) ?? {};
    // A worker that is not versioned must not say any; one that is has auto-upgrade as its default.
    return versioning === 'pinned' ? { versioningBehavior: 'PINNED' } : {};
  }, start);
  return start;
}
