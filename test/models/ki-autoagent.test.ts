/** The coding assistant with a model: its supervisor and its agents, MCP servers of their own, use it over HTTP. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { startModelServer, type AskedModel, type ModelReply, type ModelServer } from '../harness/model-server.ts';

let server: ModelServer;
let baton: TestBaton;
let workspacePath: string;
beforeAll(async () => {
  workspacePath = await mkdtemp(join(tmpdir(), 'baton-workspace-'));
  await writeFile(join(workspacePath, 'package.json'), JSON.stringify({ dependencies: { express: '5' } }));
  server = await startModelServer();
  baton = await startBaton({ settings: server.settings({ LOG_LEVEL: 'error' }) });
});
beforeEach(() => {
  server.asked.length = 0;
});
afterAll(async () => {
  await baton.stop();
  await server.stop();
  await rm(workspacePath, { recursive: true, force: true });
});

const isDecision = ({ said }: AskedModel) => said.includes('You are the supervisor of a team');
const structure = { proposed_structure: { src: ['index.ts'] }, reasoning: 'one file is enough' };

/** Decisions in order, `faults` before them; the agents get what they need. */
function play(decisions: string[], faults: ModelReply[] = []): void {
  const left = [...decisions];
  const bad = [...faults];
  server.answerBy((asked) => {
    if (isDecision(asked)) {
      const fault = bad.shift();
      if (fault) return fault;
      const goto = left.shift() ?? 'end';
      return { json: { goto, instructions: `Go on, ${goto}.`, reason: `${goto} is next` } };
    }
    return asked.said.includes('software architect') ? { json: structure } : { text: 'export const notes = [];\n' };
  });
}

async function start(message: string, autoApprove = true): Promise<string> {
  const input = { message, workspacePath, autoApprove };
  return (await baton.engine.runs.start({ blueprint: 'ki-autoagent', input }, anonymous)).run.id;
}

const decided = (events: RunEvent[]) =>
  events
    .filter(({ type }) => type === 'supervisor.decided')
    .map(({ data }) => [data['goto'], data['model'] !== undefined]);

test('a run that the model routes ends right, with a malformed answer, a 429 and a 500 on the way', async () => {
  play(
    ['architect_agent', 'codesmith_agent', 'end'],
    [{ text: 'I would ask the architect.' }, { status: 429, headers: { 'retry-after': '0' } }, { status: 500 }],
  );
  const run = await start('Create a note-taking service');
  const events = await readToEnd(baton.engine, run);
  expect(decided(events)).toEqual([
    ['research_agent', false],
    ['architect_agent', true],
    ['codesmith_agent', true],
    ['end', true],
  ]);
  expect(events.at(-1)).toMatchObject({
    type: 'run.completed',
    data: {
      result: {
        status: 'completed',
        architecture: { reasoning: 'one file is enough' },
        code: { files: [{ path: 'src/index.ts', content: 'export const notes = [];\n' }] },
      },
    },
  });
  const used = events.filter(({ data }) => data['usage'] !== undefined).map(({ type, agent }) => agent ?? type);
  expect(used).toEqual([
    'research_agent',
    'supervisor.decided',
    'architect_agent',
    'supervisor.decided',
    'research_agent',
    'codesmith_agent',
    'supervisor.decided',
  ]);
  const { usage } = await baton.engine.runs.state(run);
  const answers = server.asked.length - 2;
  expect(answers).toBeGreaterThanOrEqual(8);
  expect(usage).toEqual({ inputTokens: answers * 10, outputTokens: answers * 5 });
});

test('the model may not have built what nobody approved; what a person says is done without it', async () => {
  play(['codesmith_agent', 'architect_agent', 'codesmith_agent', 'hitl_agent', 'end']);
  const run = await start('Create a note-taking service', false);
  const asked = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as Question | undefined;
  await baton.engine.runs.answer(run, question?.id ?? '', { decision: 'approve' }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(decided(events)).toEqual([
    ['research_agent', false],
    ['architect_agent', true],
    ['hitl_agent', true],
    ['codesmith_agent', false],
    ['end', true],
  ]);
  expect(server.asked.filter(isDecision)).toHaveLength(5);
  expect(events.at(-1)).toMatchObject({ data: { result: { status: 'completed' } } });
});

test('a refused key ends the run at once', async () => {
  server.answerBy(() => ({ status: 401 }));
  const events = await readToEnd(baton.engine, await start('What is it?'));
  expect(decided(events)).toEqual([['research_agent', false]]);
  expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'model_refused' } } });
  expect(server.asked).toHaveLength(1);
});

test('a question that research answers ends with it', async () => {
  play(['end']);
  const events = await readToEnd(baton.engine, await start('What does this workspace use?'));
  expect(events.at(-1)).toMatchObject({
    data: { result: { status: 'completed', summary: 'end is next', research: { technologies: ['express'] } } },
  });
});
