import { tellQueue } from '../../protocol/telling.ts';
import type { RunContext } from '../runs/run-context.ts';

/** Task queues that workers of this configuration serve, as far as a gateway knows agents; the supervisor's first. */
export function servedQueues({ config, agents }: Pick<RunContext, 'config' | 'agents'>): string[] {
  const own = [...agents.values()].flatMap(({ taskQueue }) => taskQueue ?? []);
  const tell = config.BATON_WEBHOOK_SECRET === undefined ? [] : [tellQueue(config.BATON_TASK_QUEUE)];
  return [...new Set([config.BATON_TASK_QUEUE, ...tell, ...own])];
}
