import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { BatonError } from '../../protocol/errors.ts';
import { actorOf, type Principal } from '../../protocol/execution.ts';
import { translated } from '../history/history-service.ts';
import type { RunContext } from './run-context.ts';

/**
 * Ends an execution that cannot end itself; nothing where it has ended. Who did it stands as identity in the closing
 * event, and from there in the log as `by`.
 */
export async function terminateExecution(
  { client, service, config }: Pick<RunContext, 'client' | 'service' | 'config'>,
  { run, runId }: { run: string; runId: string },
  reason: string,
  { by, request }: { by: Principal; request?: string },
): Promise<void> {
  const isEncrypted = config.BATON_ENCRYPTION_KEYS !== undefined;
  const { by: identity, ...way } = actorOf(by);
  const facts = { ...way, ...(request === undefined ? {} : { request }) };
  // The server keeps a reason in the clear: where payloads are encrypted, it goes as one.
  const payloads = await encodeToPayloads(client.options.loadedDataConverter, isEncrypted ? reason : null, facts);
  try {
    await translated(run, () =>
      client.workflowService.terminateWorkflowExecution({
        namespace: service.namespace,
        workflowExecution: { workflowId: run, runId },
        details: { payloads: payloads ?? [] },
        ...(isEncrypted ? {} : { reason }),
        identity,
      }),
    );
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
  }
}
