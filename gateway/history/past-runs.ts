/** Runs past retention: out of the archive, or, where it has them not, that they were. */
import proto, { type temporal } from '@temporalio/proto';
import { BatonError } from '../../protocol/errors.ts';
import type { RunArchive } from '../../stores/archive/run-archive.ts';
import type { RunLedger } from '../../stores/ledger/run-ledger.ts';
import type { HistoryEvent, Past } from './history-service.ts';

const { History } = proto.temporal.api.history.v1;
const { WorkflowExecutionInfo } = proto.temporal.api.workflow.v1;

export class PastRuns implements Past {
  private readonly archive: RunArchive | null;
  private readonly ledger: Pick<RunLedger, 'has'>;

  constructor(archive: RunArchive | null, ledger: Pick<RunLedger, 'has'>) {
    this.archive = archive;
    this.ledger = ledger;
  }

  async history(run: string, runId: string): Promise<HistoryEvent[] | null> {
    const index = await this.archive?.find(run);
    if (!this.archive || !index?.executions.some((execution) => execution.runId === runId)) return null;
    return History.decode(await this.archive.history(index, runId)).events;
  }

  async describe(run: string, runId?: string): Promise<temporal.api.workflow.v1.IWorkflowExecutionInfo | null> {
    const index = await this.archive?.find(run);
    const execution = index?.executions.findLast((each) => runId === undefined || each.runId === runId);
    if (execution) return WorkflowExecutionInfo.decode(Buffer.from(execution.info, 'base64'));
    if (runId !== undefined || index || !this.ledger.has(run)) return null;
    throw new BatonError('run_expired', `run ${run} is past retention, and was not archived`, { run });
  }
}
