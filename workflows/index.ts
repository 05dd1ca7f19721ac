/**
 * The workflow bundle's entry. A blueprint is a workflow type of its own: the type names the folder whose
 * `blueprint.ts` exports `blueprint`. The bundler collects them, so that adding one touches no other folder.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { ExecutionInput } from '../protocol/execution.ts';
import type { Blueprint } from './supervisor/define-blueprint.ts';
import { supervise } from './supervisor/supervise.ts';

const folders = import.meta.webpackContext('.', { recursive: true, regExp: /^\.\/[^/]+\/blueprint\.ts$/ });

const blueprints = new Map(
  folders.keys().map((key) => {
    const { blueprint } = folders(key) as { blueprint: Blueprint };
    return [blueprint.name, blueprint] as const;
  }),
);

export default async function run(input: ExecutionInput): Promise<unknown> {
  const { workflowType } = workflowInfo();
  const blueprint = blueprints.get(workflowType);
  // Fails the workflow task, not the run: a worker that has the blueprint can still take it.
  if (!blueprint) throw new Error(`this worker has no blueprint ${workflowType}`);
  return supervise(blueprint, input);
}
