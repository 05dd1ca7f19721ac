/** Gauges of what stands in Temporal: open runs by status, task queues, webhooks. Asked for at a scrape, and then kept. */
import { recentlyMs, scrapeAnswerMs, scrapeKeptMs } from '../../protocol/limits.ts';
import { endedStatuses, runStatuses } from '../../protocol/schemas/state.ts';
import { failingTellers } from '../../protocol/telling.ts';
import { taskQueueFacts } from '../../runtime/task-queue-facts.ts';
import type { RunContext } from '../runs/run-context.ts';
import { clauseOf } from '../runs/runs-clause.ts';
import { countExecutions } from '../runs/visibility.ts';
import { servedQueues } from '../system/served-queues.ts';
import type { Metrics } from './metrics.ts';

type StandingContext = Pick<RunContext, 'client' | 'service' | 'config' | 'agents' | 'log'>;

const endings = runStatuses.filter((status) => endedStatuses.has(status));
const openStatuses = runStatuses.filter((status) => !endedStatuses.has(status));

/** Scrapes within the kept time, and by several scrapers at once, ask but once. A Temporal that is away empties nothing. */
export function measureStanding(context: StandingContext, metrics: Metrics, now: () => number = Date.now): void {
  let askedAtMs = -Infinity;
  let asking: Promise<void> = Promise.resolve();
  metrics.socketsMax.set(context.config.BATON_MAX_CONNECTIONS);
  metrics.scraped.refresh = () => {
    if (now() - askedAtMs >= scrapeKeptMs) {
      askedAtMs = now();
      asking = ask(context, metrics);
    }
    return asking;
  };
}

async function ask(context: StandingContext, metrics: Metrics): Promise<void> {
  const { client, log } = context;
  try {
    await client.withDeadline(Date.now() + scrapeAnswerMs, async () => {
      await Promise.all([countRuns(context, metrics), lookAtQueues(context, metrics)]);
    });
    metrics.temporalUp.set(1);
  } catch (error) {
    log.debug({ err: error }, 'Temporal did not answer what a scrape asks');
    metrics.temporalUp.set(0);
  }
}

async function countRuns(context: StandingContext, metrics: Metrics): Promise<void> {
  const { openRuns, endedRecently, tellersFailing } = metrics;
  const endedAfter = new Date(Date.now() - recentlyMs).toISOString();
  await Promise.all([
    ...endings.map(async (status) =>
      endedRecently.set({ status }, await countExecutions(context, clauseOf({ status: [status], endedAfter }))),
    ),
    ...openStatuses.map(async (status) =>
      openRuns.set({ status }, await countExecutions(context, clauseOf({ status: [status] }))),
    ),
    countExecutions(context, failingTellers).then((count) => tellersFailing.set(count)),
  ]);
}

async function lookAtQueues(context: StandingContext, metrics: Metrics): Promise<void> {
  await Promise.all(
    servedQueues(context).map(async (queue) => {
      const { workers, backlog, backlogAgeMs } = await taskQueueFacts(context.client, queue);
      metrics.queueWorkers.set({ queue }, workers);
      metrics.queueBacklog.set({ queue }, backlog);
      metrics.queueBacklogSeconds.set({ queue }, backlogAgeMs / 1_000);
    }),
  );
}
