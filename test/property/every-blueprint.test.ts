/**
 * Reset, fork and resume at every step of every blueprint that Baton ships: the run ends as one that never failed, what
 * was in the log before is unchanged to the letter, a watcher sees each seq once, and what was foretold is what happens.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { RunningWorker } from '../../worker/start-worker.ts';
import { workflowsFolder } from '../../worker/workflow-bundle.ts';
import { startSite, type Site } from '../fixtures/site.ts';
import { anonymous, readToEnd } from '../harness/baton.ts';
import { startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { rounds, testSize } from '../harness/test-size.ts';
import { until } from '../harness/until.ts';
import { row as bulk } from './blueprints/baton-bulk.ts';
import { row as verify } from './blueprints/baton-verify.ts';
import { row as crawl } from './blueprints/crawl.ts';
import { row as ki } from './blueprints/ki-autoagent.ts';
import { row as mgx } from './blueprints/mgx-tasks.ts';
import { row as relay } from './blueprints/relay.ts';
import { row as rooms } from './blueprints/request-rooms.ts';
import { row as scam } from './blueprints/scam-analysis.ts';
import type { Row, Story, World } from './blueprints/story.ts';
import { knowStory, type KnownStep, type KnownStory } from './known-story.ts';
import { Meddler } from './meddler.ts';
import { lettersOf, Watcher } from './played-run.ts';
import { atWork, someBy, trials } from './trials.ts';
import { tryAct, type Act } from './try-act.ts';

const rows: readonly Row[] = [ki, scam, mgx, crawl, rooms, relay, bulk, verify];
/** Workflows beside the runs: nobody begins, sees, resets or forks them. */
const noBlueprints: readonly string[] = ['baton-archiver', 'baton-teller', 'baton-verifier', 'supervisor'];

const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);
const some = someBy(seed);
const timeout = rounds(3, 30) * 60_000;

interface Told {
  blueprint: string;
  story: Story;
  name: string;
}

const tolds: readonly Told[] = rows.flatMap(({ blueprint, stories }) =>
  stories
    .filter(({ isLong }) => testSize === 'full' || isLong !== true)
    .map((story) => ({ blueprint, story, name: `${blueprint}: ${story.title}` })),
);

let gateway: TestGateway;
let worker: RunningWorker;
let site: Site;
let folder: string;
const meddler = new Meddler();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-every-'));
  site = await startSite({ pages: 4 });
  gateway = await startTestGateway({
    settings: {
      LOG_LEVEL: 'silent',
      MGX_TEST_PACE_MS: '0',
      CRAWL_ALLOW_PRIVATE: '1',
      WORKSPACE_ROOTS: folder,
      WORKSPACE_WRITE: '1',
    },
    worker: false,
    wrap: meddler.wrap,
  });
  worker = await gateway.baton.startWorker();
});
afterAll(async () => {
  await gateway.stop();
  await site.stop();
  await rm(folder, { recursive: true, force: true });
});

function world(): World {
  const { engine } = gateway.baton;
  return {
    gateway,
    site,
    workspace: async () => {
      const path = await mkdtemp(join(folder, 'workspace-'));
      await writeFile(join(path, 'package.json'), '{"dependencies":{"express":"5"}}');
      return path;
    },
    endedRun: async () => {
      const { run } = await engine.runs.start({ blueprint: 'script', input: { steps: [{ script: [] }] } }, anonymous);
      await readToEnd(engine, run.id);
      return run.id;
    },
  };
}

const known = new Map<Story, Promise<KnownStory>>();

function knownOf(told: Told): Promise<KnownStory> {
  const found = known.get(told.story) ?? knowStory(world(), meddler, told);
  known.set(told.story, found);
  return found;
}

test('every folder of a blueprint has its row here, and what else is there is no run', async () => {
  const entries = await readdir(workflowsFolder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const blueprints = folders.filter((name) => existsSync(join(workflowsFolder, name, 'blueprint.ts')));
  expect(rows.map(({ blueprint }) => blueprint).toSorted()).toEqual(blueprints.toSorted());
  expect(folders.filter((name) => !blueprints.includes(name)).toSorted()).toEqual(noBlueprints);
});

describe.each(tolds.map((it) => [it.name, it] as const))('%s', (_name, it) => {
  const fitting = trials.filter(({ fits }) => fits?.(it.story) !== false);
  const costly = testSize === 'short' && it.story.isSlow ? some(fitting.filter(({ isCostly }) => isCostly)) : fitting;
  for (const trial of fitting.filter((each) => each.isCostly !== true || costly.includes(each))) {
    test.concurrent(`${trial.title} (seed ${seed})`, { timeout }, async () => {
      await trial.run(await knownOf(it), some);
    });
  }
});

test(`stuck on code that lost its blueprint (seed ${seed}): reset and fork`, { timeout }, async () => {
  const { baton } = gateway;
  const stuck: { play: KnownStory; run: string; act: Act; held: KnownStep; reference: RunState; watcher: Watcher }[] =
    [];
  for (const it of tolds.filter(({ story }) => story.isLong !== true)) {
    const play = await knownOf(it);
    const [held] = play.steps.slice(-1) as [KnownStep];
    for (const { step, reference } of some(play.steps)) {
      for (const command of some(['reset', 'fork'] as const)) {
        const run = await atWork(play, held);
        stuck.push({ play, run, act: { command, step }, held, reference, watcher: await Watcher.of(play, run) });
      }
    }
  }
  await worker.stop();
  const broken = await baton.startWorker(testBlueprints.filter((blueprints) => blueprints !== workflowsFolder));
  // Each gets something to do, on which the code fails.
  for (const { run } of stuck) {
    await baton.engine.runs.pause(run, {}, anonymous);
    await until(`${run} to be stuck`, async () => (await baton.engine.runs.state(run)).status === 'stuck', 60_000);
  }
  for (const { run, held } of stuck) meddler.relent(run, held.step);
  const allActed = Promise.withResolvers<void>();
  let acted = 0;
  const between = async () => {
    if (++acted === stuck.length) allActed.resolve();
    await allActed.promise;
    await mended;
  };
  const mended = allActed.promise.then(async () => {
    await broken.stop();
    worker = await baton.startWorker();
  });
  await Promise.all(
    stuck.map(async ({ play, run, act, reference, watcher }) => {
      await tryAct(play, run, act, { reference, between, isGoingOn: true });
      await watcher.expectWhole(await lettersOf(play, run));
      watcher[Symbol.dispose]();
    }),
  );
});
