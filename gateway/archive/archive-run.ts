/** Archives one run as far as it has ended. Again: only what has come since is added. */
import proto from '@temporalio/proto';
import { BatonError } from '../../protocol/errors.ts';
import type { ArchivedExecution, ArchivedRun } from '../../stores/archive/archived-run.ts';
import type { RunArchive, StoredKind } from '../../stores/archive/run-archive.ts';
import type { StoredFiles } from '../../stores/archive/stored-files.ts';
import { ExecutionReader } from '../history/execution-reader.ts';
import type { HistoryEvent } from '../history/history-service.ts';
import type { Projection } from '../history/projection.ts';
import type { RunContext } from '../runs/run-context.ts';
import { keywordOf, millis, startOf } from '../runs/visibility.ts';

export interface ArchiveContext extends Pick<RunContext, 'reading' | 'service' | 'client' | 'log' | 'config'> {
  archive: RunArchive;
  files: StoredFiles;
}

const { History } = proto.temporal.api.history.v1;
const { WorkflowExecutionInfo } = proto.temporal.api.workflow.v1;

/**
 * From a closed execution back to the first one, or to one that is archived already. What is past retention, and not
 * archived, is left out. Errors: run_not_found, key_missing, archive_down, temporal_down.
 */
export async function archiveRun(context: ArchiveContext, run: string, runId: string): Promise<ArchivedRun> {
  const { archive } = context;
  const before = await archive.findNow(run);
  const known = new Set(before?.executions.map((execution) => execution.runId));
  const added: ArchivedExecution[] = [];
  let newest: Projection | null = null;
  for (let next: string | null = runId; next !== null && !known.has(next);) {
    const found: Execution | null = await archiveExecution(context, run, next, newest === null);
    if (found === null) break;
    added.unshift(found.entry);
    newest ??= found.projection;
    next = found.entry.predecessor;
  }
  if (before && newest === null) return before;
  const executions = inOrder([...(before?.executions ?? []), ...added]);
  const last = executions.at(-1);
  const isNewest = last !== undefined && last.runId === added.at(-1)?.runId;
  if (!newest || !last) throw new BatonError('run_not_found', `there is no run ${run}`, { run });
  const face = isNewest || !before ? faceOf(newest, last) : before;
  const blobs = await archiveStored(context, run, 'blobs', before?.blobs);
  const payloads = await archiveStored(context, run, 'payloads', before?.payloads);
  const { blueprint, owner, status, startedAt, endedAt, lastSeq } = face;
  const archivedAt = new Date().toISOString();
  const index: ArchivedRun = {
    version: 1,
    run,
    blueprint,
    owner,
    status,
    startedAt,
    endedAt,
    lastSeq,
    archivedAt,
    executions,
    blobs,
    payloads,
  };
  await archive.seal(index);
  return index;
}

interface Execution {
  entry: ArchivedExecution;
  projection: Projection;
}

/** null where it is past retention; the first one must be there. */
async function archiveExecution(
  context: ArchiveContext,
  run: string,
  runId: string,
  isFirst: boolean,
): Promise<Execution | null> {
  try {
    return await readAndPut(context, run, runId);
  } catch (error) {
    if (!isFirst && error instanceof BatonError && error.code === 'run_not_found') return null;
    throw error;
  }
}

async function readAndPut({ archive, reading, service }: ArchiveContext, run: string, runId: string) {
  const { info } = await service.describe(run, runId);
  const events: HistoryEvent[] = [];
  const reader = new ExecutionReader(reading, run, runId, { onEntry: (entry) => events.push(entry) });
  for await (const _ of reader.pages());
  const { projection } = reader;
  if (projection.outcome === 'open') throw new BatonError('run_not_ended', `run ${run} has not ended`, { run });
  const history = await archive.putHistory(run, runId, History.encode({ events }).finish());
  const entry: ArchivedExecution = {
    runId,
    firstSeq: projection.firstSeq,
    lastSeq: projection.nextSeq - 1,
    status: projection.state.status,
    startedAt: new Date(startOf(info)).toISOString(),
    endedAt: new Date(millis(info.closeTime)).toISOString(),
    predecessor: projection.predecessor,
    info: Buffer.from(WorkflowExecutionInfo.encode(info).finish()).toString('base64'),
    history,
  };
  return { entry, projection };
}

function faceOf(
  { state }: Projection,
  last: ArchivedExecution,
): Pick<ArchivedRun, 'blueprint' | 'owner' | 'status' | 'startedAt' | 'endedAt' | 'lastSeq'> {
  const info = WorkflowExecutionInfo.decode(Buffer.from(last.info, 'base64'));
  return {
    blueprint: info.type?.name ?? state.blueprint,
    owner: keywordOf(info, 'BatonOwner'),
    status: last.status,
    startedAt: state.startedAt ?? last.startedAt,
    endedAt: last.endedAt,
    lastSeq: last.lastSeq,
  };
}

async function archiveStored(
  { archive, files }: ArchiveContext,
  run: string,
  kind: StoredKind,
  known: ArchivedRun['blobs'] = {},
): Promise<ArchivedRun['blobs']> {
  const all = { ...known };
  for (const name of await files.names(run, kind))
    if (!all[name]) all[name] = await archive.putStored(run, kind, name, await files.read(run, kind, name));
  return all;
}

/** By their places in the log; of one place, by their beginning: one that Temporal's own reset has left behind goes first. */
function inOrder(executions: readonly ArchivedExecution[]): ArchivedExecution[] {
  return executions.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || a.firstSeq - b.firstSeq);
}
