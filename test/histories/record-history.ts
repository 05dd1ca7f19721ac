/**
 * `npm run record-history` (BATON_RECORD=name,name for some): plays scenarios on today's code and keeps the histories of all executions.
 * A history that stands in `recorded/` already is kept beside the new one under its date: open runs of that day must
 * still replay.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, test } from 'vitest';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { startSite, type Site } from '../fixtures/site.ts';
import { readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { startModelServer, type ModelServer } from '../harness/model-server.ts';
import { startOwnTemporal } from '../harness/own-temporal.ts';
import { scenarios } from './scenarios.ts';

export const recordedFolder = join(import.meta.dirname, 'recorded');
const wanted = (process.env['BATON_RECORD'] ?? '').split(',').filter((name) => name !== '');

/** What each role of mgx-tasks takes its own part of. */
const delivery = {
  title: 'Tasks',
  goals: ['keep tasks'],
  user_stories: ['add', 'list', 'remove'],
  requirements: ['R1', 'R2', 'R3'].map((id) => ({ id, text: `${id} of the tasks` })),
  files: [{ path: 'tasks.txt', purpose: 'the tasks', interfaces: [], needs: [] }],
  titles: [],
  content: 'buy milk',
};

/** What ki-autoagent is told: who comes next, a structure, and words for all else. */
function codeFor(said: string): object {
  if (!said.includes('You are the supervisor')) return { proposed_structure: { src: ['index.ts'] }, reasoning: 'one file' };
  const before = ['codesmith_agent#1', 'architect_agent#1'].find((step) => said.includes(step));
  const goto = before === undefined ? 'architect_agent' : before === 'codesmith_agent#1' ? 'end' : 'hitl_agent';
  return { goto, instructions: '', reason: `${goto} is next` };
}

let baton: TestBaton;
let site: Site;
let model: ModelServer;
const withoutModel = { CRAWL_ALLOW_PRIVATE: '1', LOG_LEVEL: 'silent' };
const settings = () => model.settings(withoutModel);
beforeAll(async () => {
  model = await startModelServer();
  baton = await startBaton({ settings: settings() });
  let wishes = 0;
  // A model that first says nothing of use, and then leads to the script and to the end, plans a request, or writes software.
  model.answerBy(({ said }, index) => {
    if (/architect_agent|software architect|You advise|You write one file/.test(said)) return { json: codeFor(said) };
    if (said.includes('software team')) return wishes++ < 2 ? { text: 'well' } : { json: delivery };
    const goto = said.includes('scripted#1') ? 'end' : 'scripted';
    const request = { intent: 'calculate', steps: ['calculate 6*7', 'summarize'] };
    return index === 0 ? { text: 'well' } : { json: { goto, instructions: '', reason: `${goto} is next`, ...request } };
  });
  site = await startSite({ pages: 8 });
  await mkdir(recordedFolder, { recursive: true });
});
afterAll(async () => {
  await baton.stop();
  await site.stop();
  await model.stop();
});

const chosen = scenarios.filter((scenario) => wanted.length === 0 || wanted.includes(scenario.name));
for (const { name, play, continuesAfter, ...more } of chosen) {
  test(`records ${name}`, async () => {
    if (more.withoutModel === true) {
      const bare = await startBaton({ settings: withoutModel });
      await record(bare, name, await play(bare, site.url));
      await bare.stop();
      return;
    }
    if (continuesAfter === undefined) return record(baton, name, await play(baton, site.url));
    const temporal = await startOwnTemporal({ 'limit.historyCount.suggestContinueAsNew': continuesAfter });
    const alone = await startBaton({ settings: { ...settings(), TEMPORAL_ADDRESS: temporal.address } });
    await record(alone, name, await play(alone, site.url));
    await alone.stop();
    await temporal.stop();
  });
}

async function record(played: TestBaton, name: string, run: string): Promise<void> {
  await readUntil(played.engine, run, await overAfter(played, run));
  const client = connectTemporal(played.config, createDataConverter(played.config));
  const executions: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${run}'` })) executions.push(runId);
  for (const [index, runId] of executions.entries()) {
    const history = await client.workflow.getHandle(run, runId).fetchHistory();
    const json = JSON.stringify(scrub(JSON.parse(historyToJSON(history))), null, 1);
    await writeFile(freeName(executions.length === 1 ? name : `${name}.${index + 1}`), `${json}\n`);
  }
  await client.connection.close();
}

/** A retried run ends twice: its last execution must have ended. */
async function overAfter(played: TestBaton, run: string) {
  const { lastSeq, endedAt } = await played.engine.runs.state(run);
  return ({ type, seq }: { type: string; seq: number }) =>
    /^run\.(completed|failed|cancelled)$/.test(type) && (endedAt !== null ? seq >= lastSeq : seq > lastSeq - 1);
}

function freeName(name: string): string {
  const plain = join(recordedFolder, `${name}.json`);
  return existsSync(plain) ? join(recordedFolder, `${name}.${new Date().toISOString().slice(0, 10)}.json`) : plain;
}

/** What says only where it was recorded: hosts, process ids, paths in stack traces. Replay does not look at it. */
function scrub(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrub);
  if (typeof value === 'string' && /^\d+@/.test(value)) return 'recorded';
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'stackTrace');
  return Object.fromEntries(kept.map(([key, entry]) => [key, scrub(entry)]));
}
