/** Edits of what the blueprints that Baton ships have done: context, results and answers, and what does not fit. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { startSite, type Site } from '../fixtures/site.ts';
import { Api, startTestGateway, type Json, type TestGateway } from '../harness/gateway.ts';

let gateway: TestGateway;
let api: Api;
let site: Site;
beforeAll(async () => {
  site = await startSite({ pages: 4 });
  gateway = await startTestGateway({
    settings: { LOG_LEVEL: 'error', CRAWL_ALLOW_PRIVATE: '1', MGX_TEST_PACE_MS: '0' },
  });
  api = new Api(gateway.url);
});
afterAll(async () => {
  await gateway.stop();
  await site.stop();
});

const isAsked = ({ type, data }: RunEvent) => type === 'question.asked' && data['restored'] !== true;
const isEnd = ({ type }: RunEvent) => type === 'run.completed' || type === 'run.failed';

/** A run that has ended; `question` is the one that was asked. */
async function ended(blueprint: string, input: Json, answer?: unknown): Promise<{ run: string; question: string }> {
  const { body } = await api.post('/v1/runs', { blueprint, input });
  const run = String(body['id']);
  return { run, question: await toEnd(run, 0, answer) };
}

/** Answers what is asked, if there is an answer; the id of the question, or nothing. */
async function toEnd(run: string, after: number, answer?: unknown): Promise<string> {
  if (answer === undefined) {
    const events = await api.eventsUntil(run, (event) => isEnd(event) || isAsked(event), after);
    expect(events.filter(isAsked)).toEqual([]);
    return '';
  }
  const asked = (await api.eventsUntil(run, isAsked, after)).at(-1)?.data['question'] as Question;
  await api.post(`/v1/runs/${run}/questions/${asked.id}/answer`, { answer });
  await api.eventsUntil(run, isEnd, after);
  return asked.id;
}

/** Resets, lives the run to its end, and returns what it came to. */
async function reset(run: string, step: string, edits: Json, answer?: unknown): Promise<Json> {
  const before = Number((await api.get(`/v1/runs/${run}`)).body['lastSeq']);
  const { status, body } = await api.post(`/v1/runs/${run}/reset`, { step, edits });
  expect({ status, body }).toMatchObject({ status: 200 });
  await api.eventsUntil(run, ({ type }) => type === 'run.reset', before);
  await toEnd(run, before, answer);
  return (await api.get(`/v1/runs/${run}`)).body['result'] as Json;
}

/** Neither a reset nor a fork, and the dry run says so, too. */
async function expectRefused(run: string, step: string, edits: Json, refused: { code: string; field: string }) {
  const before = (await api.get(`/v1/runs/${run}`)).body['lastSeq'];
  for (const command of ['reset', 'fork']) {
    for (const dryRun of [true, false])
      expect(await api.post(`/v1/runs/${run}/${command}`, { step, edits, dryRun })).toMatchObject({
        status: 422,
        body: refused,
      });
  }
  expect((await api.get(`/v1/runs/${run}`)).body['lastSeq']).toBe(before);
}

describe('ki-autoagent', () => {
  const approve = { decision: 'approve' };
  const edited = { summary: 'edited', proposed_structure: { lib: ['two.ts'] }, reasoning: 'somebody knew better' };
  const pathsOf = (result: Json) => ((result['code'] as Json)['files'] as { path: string }[]).map(({ path }) => path);
  let run: string;
  let question: string;
  beforeEach(async () => {
    ({ run, question } = await ended('ki-autoagent', { message: 'Build a note-taking service' }, approve));
  });

  test('builds the structure that an edited context has', async () => {
    const result = await reset(run, 'codesmith_agent#1', { context: { architecture: edited } });
    expect(pathsOf(result)).toEqual(['lib/two.ts']);
  });

  test('asks about the structure that an edited result has, and builds that', async () => {
    const result = await reset(run, 'hitl_agent#1', { results: { 'architect_agent#1': edited } }, approve);
    expect(result['architecture']).toEqual(edited);
    expect(pathsOf(result)).toEqual(['lib/two.ts']);
  });

  test('ends as an edited answer has it, without asking again', async () => {
    const answers = { [question]: { decision: 'reject', feedback: 'too large' } };
    expect(await reset(run, 'hitl_agent#1', { answers })).toMatchObject({ status: 'rejected', feedback: 'too large' });
  });

  test('refuses what does not fit, with its path', async () => {
    const { summary, ...rest } = edited;
    const at = 'codesmith_agent#1';
    const context = { architecture: { ...rest, summary: [summary] } };
    await expectRefused(run, at, { context }, { code: 'invalid_state', field: 'edits.context.architecture.summary' });
    const results = { 'architect_agent#1': { ...edited, proposed_structure: { '../up': [] } } };
    const inResults = 'edits.results.architect_agent#1.proposed_structure.../up';
    await expectRefused(run, at, { results }, { code: 'invalid_state', field: inResults });
    const answers = { [question]: { decision: 'perhaps' } };
    const inAnswers = `edits.answers.${question}.decision`;
    await expectRefused(run, 'hitl_agent#1', { answers }, { code: 'invalid_answer', field: inAnswers });
    await expectRefused(run, at, { input: { message: '' } }, { code: 'invalid_input', field: 'edits.input.message' });
  });
});

describe('request-rooms', () => {
  const userQuery = 'calculate 6*7';
  let run: string;
  let question: string;
  beforeEach(async () => {
    const input = { userQuery, context: { askFirst: true } };
    ({ run, question } = await ended('request-rooms', input, 'metres'));
  });

  test('carries out the plan that an edited result has', async () => {
    const steps = [{ id: 's1', order: 1, action: 'calculate', text: 'calculate 2+2' }];
    const result = await reset(run, 'executor-agent#1', { results: { 'planner-agent#1': { steps } } });
    expect(result).toMatchObject({ answer: '4', answers: { 'q-1': 'metres' } });
  });

  test('has the answers that an edited context, or an edited answer, gives it', async () => {
    const context = { answers: { 'q-1': 'feet' } };
    const answers = { [question]: 'miles' };
    expect(await reset(run, 'thought-agent#1', { answers })).toMatchObject({ answers: { 'q-1': 'miles' } });
    expect(await reset(run, 'planner-agent#1', { context })).toMatchObject({ answer: '42', ...context });
  });

  test('refuses what does not fit, with its path', async () => {
    const at = 'executor-agent#1';
    const results = { 'planner-agent#1': { steps: [] } };
    const inResults = 'edits.results.planner-agent#1.steps';
    await expectRefused(run, at, { results }, { code: 'invalid_state', field: inResults });
    const notYet = { 'executor-agent#1': { steps: [] } };
    const inFuture = 'edits.results.executor-agent#1';
    await expectRefused(run, at, { results: notYet }, { code: 'step_unknown', field: inFuture });
    const context = { answers: 'none' };
    await expectRefused(run, at, { context }, { code: 'invalid_state', field: 'edits.context.answers' });
    await expectRefused(run, 'nobody#1', {}, { code: 'step_unknown', field: 'step' });
  });
});

test('a crawl keeps to the limit that an edited answer gives it', async () => {
  const { run, question } = await ended('crawl', { url: site.url, maxPages: 2 }, { continue: true });
  const answers = { [question]: { continue: 'yes' } };
  const field = `edits.answers.${question}.continue`;
  await expectRefused(run, 'crawler#1', { answers }, { code: 'invalid_answer', field });
  const result = await reset(run, 'crawler#1', { answers: { [question]: { continue: false } } });
  expect(result).toMatchObject({ pages: 2, limited: true });
});

test('a team takes no artifacts that are none', async () => {
  const { run } = await ended('mgx-tasks', { prompt: 'A page that lists my books', testMode: true });
  const context = { Architect: [{ name: 'files.json' }] };
  const field = 'edits.context.Architect.0.blob';
  await expectRefused(run, 'mgx-engineer#1', { context }, { code: 'invalid_state', field });
});
