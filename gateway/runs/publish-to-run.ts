/** A publication of somebody outside: signalled to a relay run, which begins with it where the id is new. */
import { randomUUID } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';
import { signals, type ExecutionInput, type Principal, type PublishSignal } from '../../protocol/execution.ts';
import { answerOutcomeMs } from '../../protocol/limits.ts';
import { isOps, owns } from '../auth/access.ts';
import { awaitMore } from '../cursor/await-more.ts';
import type { Feed, Publication } from '../engine.ts';
import { withFeed } from '../feed/with-feed.ts';
import { isGone } from '../history/history-service.ts';
import { announce } from './announce.ts';
import { signalWithStart } from './begin-execution.ts';
import { requireUnreservedId } from './reserved-id.ts';
import { hashOf, readMemo, type RunContext } from './run-context.ts';

const blueprint = 'relay';
const pageEntries = 500;

export async function publishToRun(
  context: RunContext,
  run: string,
  publication: Publication,
  { by, dialect }: { by: Principal; dialect?: string },
): Promise<void> {
  const { requestId = randomUUID(), ...rest } = publication;
  const isKnown = await requireOwnRelay(context, run, { by, dialect });
  // What was sent before may stand anywhere in the log; what is new comes behind its end.
  const isRepeatable = publication.requestId !== undefined;
  const after = isKnown && !isRepeatable ? await withFeed(context.feeds, run, ({ lastSeq }) => lastSeq) : 0;
  const at = new Date().toISOString();
  const payload: PublishSignal = { ...rest, requestId, by, at };
  if (!isKnown) await announce(context, { run, origin: {}, seq: 1 });
  const isTaken = await signalWithStart(context, firstExecution(run, by, at), { name: signals.publish, payload });
  if (isTaken && !isKnown) {
    context.ledger.note(run);
    context.metrics.runsStarted.inc({ blueprint });
  }
  if (!isTaken && !isRepeatable) throw ended(run);
  // Without a worker it waits in the history, before whatever comes later.
  if (!(await withFeed(context.feeds, run, (feed) => isWritten(feed, requestId, after)))) throw ended(run);
}

/** Whether the publication stands in the log, or still may. */
async function isWritten(feed: Feed, requestId: string, after: number): Promise<boolean> {
  const deadline = AbortSignal.timeout(answerOutcomeMs);
  for (let cursor = after; ;) {
    // Listening begins before reading, so that nothing is missed in between.
    const more = awaitMore(feed, deadline);
    const isOver = feed.ended;
    for (let page = await feed.read(cursor, pageEntries); page.entries.length > 0 || page.gap;) {
      if (page.entries.some(({ event }) => event.data['request'] === requestId)) return true;
      cursor = page.entries.at(-1)?.event.seq ?? page.gap?.to ?? cursor;
      page = await feed.read(cursor, pageEntries);
    }
    if (isOver || deadline.aborted) return !isOver;
    await more;
  }
}

/** False where the id is new. Somebody else's run says nothing of itself. */
async function requireOwnRelay(
  context: RunContext,
  run: string,
  { by, dialect }: { by: Principal; dialect: string | undefined },
): Promise<boolean> {
  try {
    const { memo, workflowType, isArchived } = await context.service.describe(run);
    const { origin, face } = await readMemo(context, memo);
    const owner = origin?.owner ?? face?.owner ?? null;
    if (!isOps(by) && !owns(by, owner))
      throw new BatonError('id_taken', `the id ${run} is taken: choose another`, { run });
    if (isArchived) throw new BatonError('run_ended', `run ${run} has ended, and is archived`, { run });
    if (workflowType === blueprint) return true;
    throw new BatonError('run_exists', `run ${run} is no relay: nobody outside publishes to it`, { run });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  requireUnreservedId(run, dialect);
  return false;
}

function firstExecution(run: string, by: Principal, startedAt: string) {
  const owner = by.authenticated ? by.name : null;
  const execution: ExecutionInput = {
    seq: 1,
    state: null,
    predecessor: null,
    input: {},
    cause: { type: 'run.started', at: startedAt, data: { blueprint, owner } },
  };
  return { run, blueprint, execution, origin: { hash: hashOf({ blueprint, input: {} }), owner, startedAt } };
}

function ended(run: string): BatonError {
  return new BatonError('run_ended', `run ${run} has ended and takes nothing more`, { run });
}
