/** `baton verify`: code that no longer does what stored histories say is found, and told where and why. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ExecutionVerdict, Verification } from '../../protocol/schemas/verification.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { describeEntry, factsOf } from '../../worker/verify/history-facts.ts';
import { historyJson, Replayer, type StoredHistory } from '../../worker/verify/replayer.ts';
import { verifyRuns } from '../../worker/verify/verify-runs.ts';
import type { WorkflowSource } from '../../worker/workflow-bundle.ts';
import { anonymous, readToEnd, startBaton, type TestBaton } from '../harness/baton.ts';
import { runCommand, type Program } from '../harness/launched.ts';
import { temporalAddress, temporalNamespace } from '../harness/temporal-server.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { plantedAgents, plantedFolder, plantedSource, type PlantedFault } from '../histories/planted-source.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const log = createLog('test', 'silent');
const programs: Program[] = [];
let baton: TestBaton;
let folder: string;
let chain: { run: string; stored: StoredHistory[] };
let recorded: StoredHistory;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-verify-'));
  baton = await startBaton({ plugins: { agents: plantedAgents(async () => undefined), workflows: [plantedFolder] } });
  const { run } = await baton.engine.runs.start({ blueprint: 'planted', input: { pages: 5 } }, anonymous);
  await readToEnd(baton.engine, run.id);
  const { lastSeq } = await baton.engine.runs.retry(run.id, anonymous);
  await readToEnd(baton.engine, run.id, { after: lastSeq });
  chain = { run: run.id, stored: [] };
  await verified([run.id], { folders: [...testBlueprints, plantedFolder] }, chain.stored);
  [recorded] = chain.stored as [StoredHistory];
});
afterAll(async () => {
  for (const program of programs) program.signal('SIGKILL');
  await baton.stop();
  await rm(folder, { recursive: true, force: true });
});

async function withReplayer<T>(workflows: WorkflowSource, use: (replayer: Replayer) => Promise<T>): Promise<T> {
  const replayer = await Replayer.open({ config: baton.config, log, workflows });
  try {
    return await use(replayer);
  } finally {
    await replayer.close();
  }
}

async function verified(
  runs: readonly string[],
  workflows: WorkflowSource,
  kept: StoredHistory[] = [],
): Promise<Verification[]> {
  const dataConverter = createDataConverter(baton.config);
  const client = connectTemporal(baton.config, dataConverter);
  try {
    return await withReplayer(workflows, async (replayer) => {
      const decode = payloadDecoder(dataConverter);
      const onHistory = async (_run: string, stored: StoredHistory) => void kept.push(stored);
      const found: Verification[] = [];
      for await (const each of verifyRuns(runs, { client, decode, replayer, onHistory })) found.push(each);
      return found;
    });
  } finally {
    await client.connection.close();
  }
}

async function verdictOf(stored: StoredHistory, workflows: WorkflowSource): Promise<ExecutionVerdict> {
  return await withReplayer(workflows, (replayer) => replayer.verify(stored));
}

/** As if it had been recorded an hour ago. */
function hourOld({ execution, history }: StoredHistory): StoredHistory {
  const json = JSON.parse(historyJson(history), (key, value: unknown) =>
    key === 'eventTime' ? new Date(Date.parse(String(value)) - 3_600_000).toISOString() : value,
  ) as unknown;
  return { execution, history: historyFromJSON(json) };
}

const entry = (description: string) => {
  const found = recorded.history.events?.find((each) => describeEntry(each) === description);
  if (!found) throw new Error(`there is no ${description} in the history`);
  return factsOf(found);
};

test('every execution of a run is replayed, and code that has not changed does the same', async () => {
  const [found] = await verified([chain.run], { folders: [...testBlueprints, plantedFolder] });
  expect(found).toMatchObject({
    run: chain.run,
    verdict: 'same',
    executions: [{ verdict: 'same' }, { verdict: 'same' }],
  });
  expect(chain.stored.map(({ execution }) => execution)).toEqual(found?.executions.map(({ execution }) => execution));
  expect(await verdictOf(hourOld(recorded), await plantedSource(log, folder, { planted: 'none' }))).toMatchObject({
    verdict: 'same',
  });
});

test.each<{ fault: PlantedFault; at: string; why: string }>([
  { fault: 'order', at: 'ActivityTaskScheduled (first)', why: 'calls agent first here, the code second' },
  { fault: 'added', at: 'ActivityTaskScheduled (second)', why: 'calls agent second here, the code extra' },
  { fault: 'timer', at: 'TimerStarted (600000 ms)', why: 'TimerStarted (600000 ms) here, the code' },
  { fault: 'renamed', at: 'ActivityTaskScheduled (second)', why: 'calls agent second here, the code second-renamed' },
  {
    fault: 'condition',
    at: 'ActivityTaskScheduled (extra)',
    why: 'ActivityTaskScheduled (extra) here, the code writes into the log',
  },
  { fault: 'clock', at: 'ActivityTaskScheduled (second)', why: 'calls agent second here, the code extra' },
])('a planted fault is found, with where and why: $fault', async ({ fault, at, why }) => {
  const verdict = await verdictOf(hourOld(recorded), await plantedSource(log, folder, { planted: fault }));
  expect(verdict).toMatchObject({ verdict: 'differs', event: entry(at), blueprint: 'planted' });
  expect(verdict.why).toContain(why);
});

test('a fault is told at its own entry where the same agent was called before', async () => {
  const json = JSON.parse(historyJson(recorded.history)) as {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
  const calls = json.events.filter((each) => each.activityTaskScheduledEventAttributes !== undefined);
  const last = calls.at(-1)?.activityTaskScheduledEventAttributes;
  if (last) last.activityType.name = 'first';
  const stored = { execution: 'altered', history: historyFromJSON(json) };
  const verdict = await verdictOf(stored, await plantedSource(log, folder, { planted: 'none' }));
  expect(verdict).toMatchObject({ verdict: 'differs', event: entry('ActivityTaskScheduled (extra)') });
});

test('a blueprint that is gone, a run that was never there and an open run are told so', async () => {
  const { run } = await baton.engine.runs.start(
    { blueprint: 'script', input: { steps: [{ script: [] }] }, hold: true },
    anonymous,
  );
  const found = await verified([chain.run, 'never-there', run.id], { folders: testBlueprints });
  expect(found.map(({ verdict }) => verdict)).toEqual(['unknown_blueprint', 'unreadable', 'same']);
  expect(found[0]?.executions[0]?.why).toBe('the code has no blueprint planted any more');
  expect(found[1]?.executions[0]?.why).toContain('there is no run never-there');
  await baton.engine.runs.cancel(run.id, { mode: 'now' }, anonymous);
});

async function command(...args: string[]): Promise<{ code: number | string; output: string }> {
  const program = runCommand(['verify', ...args, '--data-dir', baton.config.dataDir], {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    ...(baton.config.BATON_ENCRYPTION_KEYS === undefined
      ? {}
      : { BATON_ENCRYPTION_KEYS: baton.config.BATON_ENCRYPTION_KEYS }),
  });
  programs.push(program);
  return { code: await program.ended, output: program.output() };
}

test('the command verifies runs by filter and files of a folder, and its exit code says whether all are the same', async () => {
  const input = { url: 'http://127.0.0.1:9/', onLimit: 'stop' };
  const { run } = await baton.engine.runs.start({ blueprint: 'crawl', input }, anonymous);
  await readToEnd(baton.engine, run.id);
  const kept = join(folder, 'kept');
  const good = await command('--query', `blueprint=crawl idPrefix=${run.id}`, '--save', kept);
  expect(good, good.output).toMatchObject({ code: 0 });
  expect(good.output).toMatch(new RegExp(`same +${run.id}\n1 verified on build [0-9a-f]{12}: 1 same`));
  expect(await readdir(kept)).toHaveLength(1);

  await writeFile(join(kept, 'gone.json'), historyJson(recorded.history));
  await writeFile(join(kept, 'no-history.json'), '{"events": 7}');
  await writeFile(join(kept, 'cut.json'), '{"events": [');
  const mixed = await command('--dir', kept, '--json');
  expect(mixed, mixed.output).toMatchObject({ code: 1 });
  const lines = mixed.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verification);
  const verdicts = Object.fromEntries(lines.map(({ run: name, verdict }) => [name, verdict]));
  expect(verdicts).toMatchObject({
    'gone.json': 'unknown_blueprint',
    'no-history.json': 'unreadable',
    'cut.json': 'unreadable',
  });
  expect(Object.values(verdicts)).toContain('same');
});
