/** Whether a build of versioned workers fits the runs that would go on on it: its own workers replay them. */
import type { Client } from '@temporalio/client';
import { verifyNewest } from '../../gateway/verify/verify-newest.ts';
import { verifyLotMs, verifyLotRuns } from '../../protocol/limits.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';
import { deploymentName } from '../../worker/build-id.ts';
import { onceKnown } from '../../worker/promote-build.ts';

const open = "BatonBlueprint IS NOT NULL AND ExecutionStatus = 'Running'";

/**
 * Every open run but those that are pinned, which stay on their builds. Waits half a minute until the server knows the
 * build's workers. Rejects where it does not, and where none of them answers.
 */
export async function* verifyBuild(
  client: Client,
  buildId: string,
  { taskQueue, lotMs = verifyLotMs }: { taskQueue: string; lotMs?: number },
): AsyncGenerator<Verification> {
  const pinned = new Set<string>();
  for await (const run of listRuns(client, `${open} AND TemporalWorkflowVersioningBehavior = 'Pinned'`))
    pinned.add(run);
  const on = { deploymentName, buildId };
  const verify = async (lot: readonly string[]) => {
    const verified = await onceKnown(`build ${buildId} could not be verified`, () =>
      verifyNewest(client, lot, { taskQueue, on, waitMs: lotMs }),
    );
    if (verified === null) throw new Error(`no worker of build ${buildId} has answered: start its workers first`);
    return verified;
  };
  let lot: string[] = [];
  for await (const run of listRuns(client, open)) {
    if (pinned.has(run)) continue;
    lot.push(run);
    if (lot.length < verifyLotRuns) continue;
    yield* await verify(lot);
    lot = [];
  }
  if (lot.length > 0) yield* await verify(lot);
}

async function* listRuns(client: Client, query: string): AsyncGenerator<string> {
  for await (const { workflowId } of client.workflow.list({ query })) yield workflowId;
}
