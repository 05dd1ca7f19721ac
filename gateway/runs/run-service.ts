/** The commands and queries on runs, as the surface calls them. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { BlueprintView } from '../../protocol/schemas/commands.ts';
import { timelineForksShown } from '../../protocol/limits.ts';
import type { RunView } from '../../protocol/schemas/state.ts';
import type { Runs } from '../engine.ts';
import { withFeed } from '../feed/with-feed.ts';
import { jobLists } from '../jobs/list-jobs.ts';
import { timelines } from '../timeline/run-timeline.ts';
import { actOnRun } from './act-on-run.ts';
import { answerQuestion } from './answer-question.ts';
import { openQuestions } from './open-questions.ts';
import { beginRun, cancelRun, terminateRun } from './control-run.ts';
import { deleteOwner, deleteRun } from './delete-run.ts';
import { exportRun } from './export-run.ts';
import { forkRun } from './fork-run.ts';
import { countRuns, failureGroups } from './count-runs.ts';
import { listArchive } from './list-archive.ts';
import { listRuns } from './list-runs.ts';
import { continueRun, retryRun } from './next-execution.ts';
import { pauseRun, retryStep, unpauseRun } from './pause-run.ts';
import { predict } from './predict.ts';
import { resetRun, resumeRun } from './reset-run.ts';
import { runBlob } from './run-blob.ts';
import { publishToRun } from './publish-to-run.ts';
import { readMemo, type RunContext } from './run-context.ts';
import { runState } from './run-state.ts';
import { startRun } from './start-run.ts';
import { watchRuns } from './watch-runs.ts';

/** Owners are asked with every request, and change only when an id is used again after retention. */
const ownersKept = 50_000;
const ownersKeptMs = 60_000;

export function createRuns(context: RunContext): Runs {
  const owners = new LRUCache<string, ReturnType<Runs['owner']>>({ max: ownersKept, ttl: ownersKeptMs });
  // Temporal deletes in the background: until it has, whoever asks must not make it known again.
  const deleted = new LRUCache<string, true>({ max: ownersKept, ttl: ownersKeptMs });
  const forget = (run: string) => {
    deleted.set(run, true);
    owners.delete(run);
  };

  const readOwner: Runs['owner'] = async (run) => {
    const { memo, workflowType } = await context.service.lookUp(run);
    const { origin, face } = await readMemo(context, memo);
    return { owner: origin?.owner ?? face?.owner ?? null, blueprint: workflowType };
  };

  /** From the log: what a command has just changed is there, whether a worker runs or not. */
  const view = async (run: string): Promise<RunView> => {
    return withFeed(context.feeds, run, (feed) => feed.view());
  };

  const blueprints = blueprintViews(context);

  const forksOf = async (run: string) => {
    const { items } = await listRuns(context, { from: run, limit: timelineForksShown });
    return items.map(({ id, status }) => ({ run: id, status }));
  };
  const timeline = timelines({ ...context, forksOf });

  return {
    blueprints: () => blueprints,
    start: async (command, by, options) => {
      const { run, created } = await startRun(context, command, by, options);
      return { run: await view(run), created };
    },
    begin: (run, by) => beginRun(context, run, by),
    message: async (run, input, by, options) => {
      await continueRun(context, run, input, { by, ...options });
      return view(run);
    },
    retry: async (run, by, options) => {
      await retryRun(context, run, { by, ...options });
      return view(run);
    },
    resume: async (run, command, by, options) => {
      await resumeRun(context, run, command, { by, ...options });
      return view(run);
    },
    reset: async (run, command, by, options) => {
      await resetRun(context, run, command, { by, ...options });
      return view(run);
    },
    fork: async (run, command, by, options) => view(await forkRun(context, run, command, { by, ...options })),
    pause: async (run, command, by, options) => {
      await pauseRun(context, run, command, { by, ...options });
      return view(run);
    },
    unpause: async (run, command, by, options) => {
      await unpauseRun(context, run, command, { by, ...options });
      return view(run);
    },
    retryStep: async (run, command, by, options) => {
      await retryStep(context, run, command, { by, ...options });
      return view(run);
    },
    terminate: async (run, command, by, options) => {
      await terminateRun(context, run, command, { by, ...options });
      return view(run);
    },
    act: (run, act, by, options) => actOnRun(context, run, act, { by, ...options }),
    predict: (run, command) => predict(context, run, command),
    cancel: (run, command, by, options) => cancelRun(context, run, command, { by, ...options }),
    publish: (run, publication, by, options) => publishToRun(context, run, publication, { by, ...options }),
    answer: (run, question, answer, by, options) => answerQuestion(context, run, question, answer, { by, ...options }),
    state: (run) => runState(context, run),
    timeline,
    export: (run, options) => exportRun(context, run, { ...options, timeline }),
    delete: async (run, options, by) => {
      forget(run);
      return await deleteRun(context, run, { ...options, by });
    },
    deleteOwner: async (owner, options, by) => {
      const deletion = await deleteOwner(context, owner, { ...options, by });
      for (const { run } of deletion.runs) forget(run);
      return deletion;
    },
    list: (query) => listRuns(context, query),
    jobs: jobLists(context),
    archive: (query) => listArchive(context, query),
    count: (filter) => countRuns(context, filter),
    failureGroups: (filter) => failureGroups(context, filter),
    questions: (query) => openQuestions(context, query),
    owner: async (run) => {
      const known = owners.get(run);
      if (known) return await known;
      if (deleted.has(run)) return await readOwner(run);
      // Many may ask at once for one that has just begun.
      const reading = readOwner(run);
      owners.set(run, reading);
      reading.catch(() => {
        if (owners.peek(run) === reading) owners.delete(run);
      });
      return await reading;
    },
    blob: (run, ref) => runBlob(context, run, ref),
    watch: (query, changed) => watchRuns(context, query, changed),
  };
}

function blueprintViews({ contracts, config }: RunContext): BlueprintView[] {
  return [...contracts.values()].map(({ name, description, input, example, role, unavailable }) => {
    const reason = unavailable?.(config.environment) ?? null;
    const inputSchema = z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>;
    return {
      name,
      description,
      inputSchema,
      example,
      available: reason === null,
      ...(reason === null ? {} : { reason }),
      ...(role === undefined ? {} : { role }),
    };
  });
}
