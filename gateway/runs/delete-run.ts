/**
 * Deletes for good, for privacy. First what a run is found by, last what only it refers to: whoever is cut off in the middle
 * does it again. The run's log is gone with it, so what was done stands in the log of the gateway.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BatonError } from '../../protocol/errors.ts';
import { actorOf, type Principal } from '../../protocol/execution.ts';
import {
  agentLogSweepMs,
  deleteOwnerRunsMax,
  deletionLookMs,
  deletionWaitMs,
  heartbeatTimeoutMs,
  listPageMax,
} from '../../protocol/limits.ts';
import type { Deletion, OwnerDeletion } from '../../protocol/schemas/deletion.ts';
import { tellerId } from '../../protocol/telling.ts';
import { eraseDeleted } from '../../stores/knowledge/erase.ts';
import { openKnowledge, type Knowledge } from '../../stores/knowledge/knowledge.ts';
import { deletePayloads } from '../../stores/payloads/folder-payload-driver.ts';
import { executionsOf } from '../bundle/write-bundle.ts';
import { isGone, translated } from '../history/history-service.ts';
import type { RunContext } from './run-context.ts';
import { quote } from './runs-clause.ts';
import { terminateExecution } from './terminate-execution.ts';
import { anyDivision, listExecutions, runOf } from './visibility.ts';

interface Options {
  /** A run that has not ended is terminated first. */
  terminate: boolean;
  by: Principal;
  /** How long to wait until Temporal has done it, at most. */
  waitMs?: number;
}

/** Errors: run_not_ended. */
export async function deleteRun(context: RunContext, run: string, options: Options): Promise<Deletion> {
  const taken = await takeAway(context, run, options);
  return settle(context, taken, AbortSignal.timeout(options.waitMs ?? deletionWaitMs), options);
}

/** Errors: too_many_runs, run_not_ended. */
export async function deleteOwner(context: RunContext, owner: string, options: Options): Promise<OwnerDeletion> {
  const { infos, nextPageToken } = await listExecutions(context, `BatonOwner = ${quote(owner)}`, listPageMax);
  const archived = await context.archive?.list({ owner }, { limit: deleteOwnerRunsMax + 1 });
  const runs = [...new Set([...infos.map(runOf), ...(archived?.items ?? []).map(({ run }) => run)])];
  if (runs.length > deleteOwnerRunsMax || nextPageToken.length > 0 || (archived?.nextCursor ?? null) !== null) {
    throw new BatonError(
      'too_many_runs',
      `${owner} has more than ${deleteOwnerRunsMax} runs: a bulk job (baton bulk delete owner=…) takes any number`,
      { owner, max: deleteOwnerRunsMax },
    );
  }
  const taken: Taken[] = [];
  for (const run of runs) taken.push(await takeAway(context, run, options));
  const deadline = AbortSignal.timeout(deletionWaitMs);
  const deleted: Deletion[] = [];
  for (const each of taken) deleted.push(await settle(context, each, deadline, options));
  const sources = forgetKnowledge(context, (knowledge) => knowledge.deleteOwner(owner));
  context.log.info({ owner, runs: runs.length, sources, ...actorOf(options.by) }, 'an owner was deleted for good');
  return { owner, runs: deleted, sources };
}

interface Execution {
  workflowId: string;
  /** Empty: the newest of that id. */
  runId: string;
}

interface Taken {
  deleted: Omit<Deletion, 'pending'>;
  /** Executions that Temporal has taken to be deleted. */
  asked: Execution[];
}

async function takeAway(context: RunContext, run: string, { terminate, by }: Options): Promise<Taken> {
  const newest = await newestOf(context, run);
  if (newest?.isRunning === true) {
    if (!terminate)
      throw new BatonError('run_not_ended', `run ${run} has not ended: cancel it, or say that it shall be terminated`, {
        run,
      });
    await terminateExecution(context, { run, runId: newest.runId }, 'deleted', { by });
    sweepLater(context, run);
  }
  const { executions, beside } = await storedExecutions(context, run, newest?.runId ?? null);
  const asked: Execution[] = [];
  // Who tells of it first: nothing is told any more.
  for (const each of [...beside, ...executions]) if (await askDeletion(context, run, each)) asked.push(each);
  context.feeds.forget(run);
  const archived = (await context.archive?.remove(run)) ?? false;
  const stored = await deleteStored(context, run);
  const logLines = await context.agentLogs.delete(run);
  sweepLinesLater(context, run);
  context.ledger.forget(run);
  return {
    deleted: {
      run,
      executions: executions.length,
      archived,
      sources: deleteSources(context, run),
      logLines,
      ...stored,
    },
    asked,
  };
}

/** The server deletes in the background. Of a run that ended just now it first finishes what the end has brought about. */
async function settle(
  context: RunContext,
  { deleted, asked }: Taken,
  deadline: AbortSignal,
  { by }: Options,
): Promise<Deletion> {
  const { run } = deleted;
  let pending = false;
  for (const each of asked) pending = !(await isGoneBy(context, run, each, deadline)) || pending;
  const told = { ...deleted, pending };
  context.log.info({ ...told, ...actorOf(by) }, 'a run was deleted for good');
  return told;
}

async function newestOf({ service }: RunContext, run: string): Promise<{ runId: string; isRunning: boolean } | null> {
  try {
    return await service.describe(run);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Of an archive that is damaged nothing is left to follow. */
async function chainOf({ reading }: RunContext, run: string, newest: string): Promise<string[]> {
  try {
    return await executionsOf(reading, run, newest);
  } catch (error) {
    if (error instanceof BatonError && error.code === 'archive_damaged') return [];
    throw error;
  }
}

/**
 * Of the run those of its chain, and whatever else runs under its id: visibility may lag behind, a chain may be cut. And
 * those that tell webhooks of it, which may be open.
 */
async function storedExecutions(
  context: RunContext,
  run: string,
  newest: string | null,
): Promise<{ executions: Execution[]; beside: Execution[] }> {
  const tellers = [tellerId(run, 'operator'), tellerId(run, 'run')];
  const found = new Set(newest === null ? [] : await chainOf(context, run, newest));
  const beside: Execution[] = tellers.map((workflowId) => ({ workflowId, runId: '' }));
  for (const id of [run, ...tellers]) {
    for await (const runId of executionIdsOf(context, id)) {
      if (id === run) found.add(runId);
      else beside.push({ workflowId: id, runId });
    }
  }
  return { executions: [...found].map((runId) => ({ workflowId: run, runId })), beside };
}

/** Asked by equality: to list several ids in order, SQLite goes through all executions that there are. */
async function* executionIdsOf(context: RunContext, workflowId: string): AsyncGenerator<string> {
  let token = new Uint8Array();
  do {
    const clause = `WorkflowId = ${quote(workflowId)} AND ${anyDivision}`;
    const page = await listExecutions(context, clause, listPageMax, token);
    for (const { execution } of page.infos) if (execution?.runId) yield execution.runId;
    token = new Uint8Array(page.nextPageToken);
  } while (token.length > 0);
}

/** An open one is terminated by it. False where it is not there any more. */
function askDeletion({ client, service }: RunContext, run: string, workflowExecution: Execution): Promise<boolean> {
  const { namespace } = service;
  return isThere(run, () => client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }));
}

async function isGoneBy(
  { client, service }: RunContext,
  run: string,
  execution: Execution,
  deadline: AbortSignal,
): Promise<boolean> {
  const { namespace } = service;
  for (;;) {
    if (!(await isThere(run, () => client.workflowService.describeWorkflowExecution({ namespace, execution }))))
      return true;
    if (deadline.aborted) return false;
    await delay(deletionLookMs);
  }
}

async function isThere(run: string, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await translated(run, call);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

async function deleteStored({ blobs, config }: RunContext, run: string): Promise<{ blobs: number; payloads: number }> {
  return { blobs: await blobs.deleteAll(run), payloads: await deletePayloads(join(config.dataDir, 'payloads'), run) };
}

function deleteSources(context: RunContext, run: string): number {
  return forgetKnowledge(context, (knowledge) => knowledge.deleteRun(run));
}

/** How many sources; what nobody sees any more is erased in the background. */
function forgetKnowledge({ config, log }: RunContext, forget: (knowledge: Knowledge) => number): number {
  const knowledge = openKnowledge(config.dataDir);
  try {
    return forget(knowledge);
  } finally {
    knowledge.close();
    eraseDeleted(config.dataDir, (error) =>
      log.warn({ err: error }, 'what was deleted could not be erased; the next crawl, or deletion, will'),
    );
  }
}

/** An agent of a terminated run hears of it with its next heartbeat, and may store something until then. */
function sweepLater(context: RunContext, run: string): void {
  const sweep = async () => {
    if ((await newestOf(context, run)) !== null) return;
    deleteSources(context, run);
    await deleteStored(context, run);
    await context.agentLogs.delete(run);
    // Where it had begun in another process a moment before.
    context.ledger.forget(run);
  };
  setTimeout(() => {
    sweep().catch((error: unknown) =>
      context.log.warn({ run, err: error }, 'what an agent has stored late is still there'),
    );
  }, heartbeatTimeoutMs).unref();
}

/** A worker writes what agents log a moment later; of one that ended just now some lines may come after the deletion. */
function sweepLinesLater(context: RunContext, run: string): void {
  const sweep = async () => {
    if ((await newestOf(context, run)) === null) await context.agentLogs.delete(run);
  };
  setTimeout(() => {
    sweep().catch((error: unknown) => context.log.warn({ run, err: error }, 'late lines of agents are still there'));
  }, agentLogSweepMs).unref();
}
