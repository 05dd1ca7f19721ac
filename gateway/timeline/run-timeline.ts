/** The timeline of a run: its history folded to steps, and what the server holds of it now. */
import { LRUCache } from 'lru-cache';
import {
  timelineExecutionsShown,
  timelineMarksShown,
  timelinePageBytes,
  timelineQuestionsShown,
  timelinesKept,
} from '../../protocol/limits.ts';
import type { PendingStep, Timeline, TimelineQuery, TimelineStep } from '../../protocol/schemas/timeline.ts';
import type { Config } from '../../runtime/config.ts';
import type { Described } from '../history/history-service.ts';
import { costOf, sumCosts, type Prices } from './model-cost.ts';
import { openCallOf, pendingSteps } from './pending-view.ts';
import { readTimeline, type ReadingContext, type TimelineReading } from './read-timeline.ts';
import { stepView } from './step-view.ts';

export interface TimelineContext extends ReadingContext {
  config: Pick<Config, 'MODEL_PRICES' | 'MODEL_PROVIDER' | 'MODEL_NAME'>;
  /** Newest first. */
  forksOf(run: string): Promise<Timeline['forks']>;
}

/** Errors: run_not_found. */
export type ReadTimeline = (run: string, query: TimelineQuery) => Promise<Timeline>;

export function timelines(context: TimelineContext): ReadTimeline {
  const read = new LRUCache<string, { key: string; reading: Promise<TimelineReading> }>({ max: timelinesKept });
  return async (run, query) => {
    const [described, forks] = await Promise.all([context.reading.service.describe(run), context.forksOf(run)]);
    const key = `${described.runId} ${described.historyLength}`;
    const known = read.get(run);
    const reading = known?.key === key ? known.reading : readAfter(context, run, described, known?.reading);
    read.set(run, { key, reading });
    reading.catch(() => {
      if (read.peek(run)?.reading === reading) read.delete(run);
    });
    const whole = await reading;
    const pending = await pendingSteps(described.pendingActivities, whole.calls, context.decode);
    return timelineView(whole, { described, forks, pending, query, ...pricing(context.config) });
  };
}

async function readAfter(
  context: TimelineContext,
  run: string,
  newest: Described,
  before: Promise<TimelineReading> | undefined,
): Promise<TimelineReading> {
  const known = await before?.catch(() => null);
  return await readTimeline(context, run, newest, known ?? undefined);
}

interface Now {
  described: Pick<Described, 'isStuck'>;
  forks: Timeline['forks'];
  pending: PendingStep[];
  query: TimelineQuery;
  prices: Prices;
  /** Of agents, which do not say what they use. */
  model: string | null;
}

/** Pure. */
export function timelineView(
  { fold, state, executions, worker, stuckOver, isCut }: TimelineReading,
  { described, forks, pending, query, prices, model }: Now,
): Timeline {
  const isStuck = described.isStuck && state.endedAt === null;
  const openOf = (step: string, isOver: boolean) => {
    const held = isOver ? undefined : pending.find((each) => each.step === step);
    return held ? openCallOf(held) : null;
  };
  const steps: TimelineStep[] = [];
  let bytes = 0;
  let next: number | null = null;
  for (const record of fold.steps) {
    if (record.seq <= query.after) continue;
    const view = stepView(record, { open: openOf(record.step, record.endedAt !== null), prices, model });
    bytes += Buffer.byteLength(JSON.stringify(view));
    if (steps.length === query.limit || (steps.length > 0 && bytes > timelinePageBytes)) {
      next = steps.at(-1)?.seq ?? null;
      break;
    }
    steps.push(view);
  }
  return {
    run: state.id,
    blueprint: state.blueprint,
    status: isStuck ? 'stuck' : state.status,
    owner: state.owner,
    startedAt: executions.find(({ cause }) => cause === 'run.started')?.at ?? state.startedAt,
    endedAt: state.endedAt,
    lastSeq: state.lastSeq,
    error: state.error,
    usage: state.usage,
    cost: sumCosts([
      ...fold.steps.map(({ usage }) => costOf(usage, model, prices)),
      ...[...fold.decided].map(([name, usage]) => costOf(usage, name, prices)),
      // Without any price, no tokens are no cost that is known.
      costOf({ inputTokens: 0, outputTokens: 0 }, null, prices),
    ]),
    worker,
    steps,
    stepsTotal: fold.steps.length,
    next,
    marks: fold.marks.slice(-timelineMarksShown),
    executions: executions.slice(-timelineExecutionsShown),
    isCut,
    from: state.from,
    forks,
    now: {
      paused: state.paused ?? null,
      stuck: isStuck ? { message: stuckOver ?? '' } : null,
      pending,
      questions: fold.openQuestions.slice(-timelineQuestionsShown),
    },
  };
}

function pricing({ MODEL_PRICES, MODEL_PROVIDER, MODEL_NAME }: TimelineContext['config']): {
  prices: Prices;
  model: string | null;
} {
  const model = MODEL_NAME === undefined ? null : `${MODEL_PROVIDER ?? ''}/${MODEL_NAME}`;
  return { prices: MODEL_PRICES ?? {}, model };
}
