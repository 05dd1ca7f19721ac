/** The archiver: a workflow, one in a namespace, whose activity archives what has ended. */
import { WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import type { Archiving } from '../activities/archive-pass.ts';
import { archiverId, type ArchiveProgress } from '../protocol/archiver.ts';
import { workflowTaskTimeoutMs } from '../protocol/limits.ts';
import { openArchive } from '../runtime/archive.ts';
import type { Config } from '../runtime/config.ts';
import { inProcessBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import type { Place } from '../gateway/create-engine.ts';

export interface OpenArchiving extends Archiving<Place> {
  close(): Promise<void>;
}

/** null where no archive is configured. */
export function openArchiving(config: Config, log: Log): OpenArchiving | null {
  if (openArchive(config) === null) return null;
  const open = async () => {
    const { createCommands } = await import('../gateway/create-engine.ts');
    return await createCommands(config, { bus: inProcessBus(), log });
  };
  let opened: ReturnType<typeof open> | null = null;
  return {
    async pass(progress, options) {
      const { archiving } = await (opened ??= open());
      if (!archiving) throw new Error('no archive is configured');
      return await archiving(progress, options);
    },
    close: async () => await (await opened)?.close(),
  };
}

/** Nothing happens where it runs. */
export async function startArchiver(client: Client, { BATON_TASK_QUEUE: taskQueue }: Config): Promise<void> {
  const progress: ArchiveProgress = { watermark: null, failed: [] };
  await client.workflow.start('batonArchiver', {
    workflowId: archiverId,
    taskQueue,
    args: [progress],
    workflowTaskTimeout: workflowTaskTimeoutMs,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
}
