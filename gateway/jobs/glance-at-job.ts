/**
 * A job in a list, from the two ends of its newest execution: what it is about stands at the beginning, how far it is at
 * the end. However many results are in between, it costs two small reads.
 */
import { jobHeadEntries, jobTailEntries } from '../../protocol/limits.ts';
import { readBatch } from '../../protocol/log-position.ts';
import { jobCountsSchema, type Job } from '../../protocol/schemas/jobs.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import { translated } from '../history/history-service.ts';
import { readRecorded, type Recorded } from '../history/recorded.ts';
import type { RunContext } from '../runs/run-context.ts';
import { noCounts, orderOf, selectedOf } from './fold-job.ts';

export type Glance = Pick<Job, 'action' | 'filter' | 'perSecond' | 'selected' | 'counts' | 'paused' | 'error'>;

type GlanceContext = Pick<RunContext, 'client' | 'service' | 'reading'>;

/** null: the execution goes on from another one, or its ends do not tell: the whole log does. Errors: run_not_found. */
export async function glanceAtJob(context: GlanceContext, run: string, runId: string): Promise<Glance | null> {
  const head = await readHead(context, run, runId);
  return glanceOf(head.entries, head.isWhole ? [] : await readTail(context, run, runId));
}

/** `head`: oldest first; `tail`: newest first, nothing where the head is all that there is. */
export function glanceOf(head: readonly Entry[], tail: readonly Entry[]): Glance | null {
  const started = head[0]?.recorded;
  if (started?.kind !== 'started' || started.input === null) return null;
  const meet = tail.length === 0 || (tail.at(-1)?.id ?? Infinity) <= (head.at(-1)?.id ?? 0) + 1;
  const newestFirst = [...tail, ...head.toReversed()];
  const selected = newestOf(head.toReversed(), (draft) => isKind(draft, 'bulk.selected'));
  const told = newestOf(meet ? newestFirst : tail, (draft) => isKind(draft, 'bulk.results'));
  // What an earlier execution has selected, and what lies between the two ends, is not known here.
  if (!selected && (started.input.state !== null || !meet)) return null;
  if (!told && !meet) return null;
  const steered = newestOf(newestFirst, ({ type }) => type === 'run.paused' || type === 'run.unpaused');
  const closed = newestFirst.find(({ recorded }) => recorded?.kind === 'closed')?.recorded;
  const ending = closed?.kind === 'closed' ? closed.ending : null;
  return {
    ...orderOf(started.input.input),
    selected: selected ? selectedOf(selected.data) : null,
    counts: jobCountsSchema.safeParse(told?.data['counts']).data ?? noCounts,
    paused: ending === null && steered?.type === 'run.paused',
    error: ending?.status === 'failed' ? ending.error : null,
  };
}

export interface Entry {
  /** Of the history event. */
  id: number;
  recorded: Recorded | null;
}

async function readHead(context: GlanceContext, run: string, runId: string) {
  const { client, service } = context;
  const { history, nextPageToken } = await translated(run, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: service.namespace,
      execution: { workflowId: run, runId },
      maximumPageSize: jobHeadEntries,
    }),
  );
  const entries = await entriesOf(context, run, history?.events ?? []);
  return { entries, isWhole: (nextPageToken?.length ?? 0) === 0 };
}

async function readTail(context: GlanceContext, run: string, runId: string): Promise<Entry[]> {
  const { client, service } = context;
  const { history } = await translated(run, () =>
    client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: service.namespace,
      execution: { workflowId: run, runId },
      maximumPageSize: jobTailEntries,
    }),
  );
  return await entriesOf(context, run, history?.events ?? []);
}

async function entriesOf(
  { reading }: GlanceContext,
  run: string,
  events: readonly Parameters<typeof readRecorded>[0][],
): Promise<Entry[]> {
  const decoding = {
    decode: reading.decode,
    readStored: (ref: Parameters<typeof reading.readStored>[1]) => reading.readStored(run, ref),
  };
  return await Promise.all(
    events.map(async (event) => ({ id: Number(event.eventId ?? 0), recorded: await readRecorded(event, decoding) })),
  );
}

/** Oldest first. Whether the log has taken a batch of an attempt that was given up is not asked: it tells no more than its successor. */
function draftsOf({ recorded }: Entry): EventDraft[] {
  if (recorded?.kind === 'batch') return readBatch(recorded.value)?.events ?? [];
  if (recorded?.kind !== 'emit') return [];
  const { events } = (recorded.payload ?? {}) as { events?: EventDraft[] };
  return recorded.stored ?? (Array.isArray(events) ? events : []);
}

function newestOf(newestFirst: readonly Entry[], fits: (draft: EventDraft) => boolean): EventDraft | undefined {
  for (const entry of newestFirst) {
    const found = draftsOf(entry).findLast(fits);
    if (found) return found;
  }
  return undefined;
}

function isKind(draft: EventDraft, kind: string): boolean {
  return draft.type === 'agent.emitted' && draft.data['kind'] === kind;
}
