/** With a model, whose supervisor is free to call foreign MCP servers: what the contract says of them, and of limits. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startModelServer, type AskedModel, type ModelReply, type ModelServer } from '../../harness/model-server.ts';
import type { Frame } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { isEnd, isType, newSession, question, runToEnd, seqsOf, startKi, story, wish, type Ki } from './ki.ts';
import { busyMs } from '../../harness/busy.ts';

const unruly = (mode: string) => ({
  command: process.execPath,
  args: [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '..', '..', 'fixtures', 'unruly-mcp-server.ts'),
    mode,
  ],
  description: `is ${mode}`,
  repeatable: true,
});

let model: ModelServer;
let ki: Ki;
beforeAll(async () => {
  model = await startModelServer();
  const servers = { wild: unruly('wild'), mute: { ...unruly('mute'), requestTimeoutMs: 300 } };
  ki = await startKi(model.settings({ MCP_SERVERS: JSON.stringify(servers) }));
});
beforeEach(() => {
  model.asked.splice(0);
});
afterAll(async () => {
  await ki.stop();
  await model.stop();
});

const structure = { proposed_structure: { src: ['index.ts'] }, reasoning: 'one file is enough' };

/** Decides as it is told, then for the end; agents get what they need. `advice` answers the research agent. */
function decide(goto: readonly string[], advice: (asked: AskedModel) => ModelReply = () => ({ text: 'Mind errors.' })) {
  const left = [...goto];
  model.answerBy((asked) => {
    const { said } = asked;
    if (said.includes('You are the supervisor of a team')) {
      const next = left.shift() ?? 'end';
      return { json: { goto: next, instructions: `Let ${next} do it in blue.`, reason: `${next} is next` } };
    }
    if (said.includes('You are a software architect')) return { json: structure };
    return said.includes('You advise programmers') ? advice(asked) : { text: 'export const notes = [];\n' };
  });
}

const barsOf = (frames: readonly Frame[], server: string) =>
  frames.filter((frame) => isType('mcp_progress')(frame) && frame['server'] === server);
const valuesOf = (bars: readonly Frame[]) => bars.map(({ progress }) => Number(progress));

test('what the supervisor asks for is told, reaches each agent, and text comes as it is written', async () => {
  decide(['architect_agent', 'codesmith_agent']);
  const { frames } = await runToEnd(ki, { message: wish, auto_approve: true });
  expect(story(frames).at(-1)).toBe('workflow_complete completed');
  const told = frames.filter(isType('agent_start')).map(({ agent, instructions }) => [agent, instructions]);
  expect(told).toEqual([
    ['research_agent', `Study the workspace for: ${wish}`],
    ['architect_agent', 'Let architect_agent do it in blue.'],
    ['codesmith_agent', 'Let codesmith_agent do it in blue.'],
    ['research_agent', 'structure and error handling of a note-taking service'],
  ]);
  const heard = (who: string) => model.asked.filter(({ said }) => said.includes(who)).map(({ said }) => said);
  const asks = 'The supervisor asks for this: ';
  expect(heard('You are a software architect')).toEqual([
    expect.stringContaining(`${asks}Let architect_agent do it in blue.`),
  ]);
  expect(heard('You write one file')).toEqual([expect.stringContaining(`${asks}Let codesmith_agent do it in blue.`)]);
  const [study, delegated] = heard('You advise programmers');
  expect(study).toContain(`${asks}Study the workspace`);
  expect(delegated).not.toContain(asks);
  const texts = frames.filter((frame) => isType('agent_text')(frame) && frame['agent'] === 'codesmith_agent');
  expect(texts.map(({ text }) => text).join('')).toBe('export const notes = [];\n');
  expect(texts[0]).toEqual({
    type: 'agent_text',
    agent: 'codesmith_agent',
    text: expect.stringMatching(/^export/) as string,
    session_id: frames[0]?.['session_id'],
  });
});

test('no agent is silent for 10 s: one that takes longer says so, and so does the one that waits for it (3)', async () => {
  const slow = { text: 'Mind errors.', chunks: ['Mind errors.'], everyMs: 10_500 };
  decide(['architect_agent', 'codesmith_agent'], ({ said }) =>
    said.includes('The question: ') ? slow : { text: 'Mind errors.' },
  );
  const { frames } = await runToEnd(ki, { message: wish, auto_approve: true });
  const delegated = frames.slice(frames.findIndex(isType('research_request')));
  for (const bars of [barsOf(delegated, 'research_agent'), barsOf(frames, 'codesmith_agent')]) {
    const at = bars.map(({ timestamp }) => Date.parse(String(timestamp)));
    const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(10_000);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(10_000);
    expect(valuesOf(bars)).toEqual(valuesOf(bars).toSorted((a, b) => a - b));
    expect(new Set(bars.map(({ message }) => message)).size).toBe(bars.length);
  }
  expect(frames.filter(isType('agent_start'))).toHaveLength(4);
  expect(story(frames).at(-1)).toBe('workflow_complete completed');
}, 90_000);

test('whatever a foreign server says of its progress, it is told within [0, 1], never falls, and has a decimal point (5)', async () => {
  decide(['wild']);
  const socket = await ki.open(`?session_id=${newSession()}`);
  const texts: string[] = [];
  socket.ws.on('message', (data: Buffer) => texts.push(data.toString('utf8')));
  socket.send({ type: 'chat', message: question });
  await socket.until(isEnd, 40_000);
  expect(story(socket.frames)).toContain('agent_complete wild');
  const bars = texts.filter((text) => text.includes('"server":"wild"'));
  expect(bars.filter((text) => !/"progress":(0\.\d+|1\.0)[,}]/.test(text))).toEqual([]);
  const told = barsOf(socket.frames, 'wild');
  expect(valuesOf(told)).toEqual(valuesOf(told).toSorted((a, b) => a - b));
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ message: 'a quarter', progress: 0.25 }),
      expect.objectContaining({ message: 'half', progress: 0.5 }),
      expect.objectContaining({ message: 'a percentage', progress: 1 }),
    ]),
  );
  expect([valuesOf(told)[0], valuesOf(told).at(-1)]).toEqual([0, 1]);
});

test('an agent that times out is tried again, and then the run fails as agent_failed (5)', async () => {
  decide(['mute']);
  const { frames } = await runToEnd(ki, { message: question });
  const bars = barsOf(frames, 'mute');
  expect(bars.filter(({ message }) => message === 'beginning')).toHaveLength(3);
  expect(valuesOf(bars)).toEqual([0, 0.1, 0.1, 0.1, 1]);
  expect(bars.at(-1)?.['message']).toMatch(/^❌ .*longer than 300 ms/);
  expect(frames.findLast(isType('agent_complete'))).toMatchObject({ agent: 'mute', status: 'failed' });
  expect(frames.at(-1)).toMatchObject({ status: 'failed', error: { code: 'agent_failed' } });
});

test('the twentieth decision is the last: the run fails as iteration_limit (1)', async () => {
  decide(Array.from({ length: 30 }, () => 'wild'));
  const { frames } = await runToEnd(ki, { message: question });
  const iterations = frames.filter(isType('supervisor_decision')).map(({ iteration }) => iteration);
  expect(iterations).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(frames.at(-1)).toMatchObject({ status: 'failed', result: null, error: { code: 'iteration_limit' } });
});

test('a cancel ends the call to the model, too (4)', async () => {
  decide([], () => ({ hang: true }));
  const socket = await ki.open(`?session_id=${newSession()}`);
  socket.send({ type: 'chat', message: question });
  const asked = await until('the model is asked', () => model.asked[0]);
  const from = performance.now();
  socket.send({ type: 'cancel' });
  expect(await socket.until(isEnd)).toMatchObject({ status: 'cancelled' });
  expect(performance.now() - from).toBeLessThan(2_000 + busyMs);
  expect(barsOf(socket.frames, 'research_agent').at(-1)).toMatchObject({ progress: 1 });
  await until('the call is over', () => asked.isAborted);
});

test('who does not read while more than a megabyte waits is closed with 1013, and may come back for the rest (3)', async () => {
  // Random, for what compresses would fit into the buffers of the kernel.
  const chunks = Array.from({ length: 80 }, () => randomBytes(96 * 1024).toString('base64'));
  decide([], () => ({ text: '', chunks, everyMs: 10 }));
  const session = newSession();
  const [reader, slow] = await Promise.all([ki.open(`?session_id=${session}`), ki.open(`?session_id=${session}`)]);
  reader.send({ type: 'chat', message: question });
  await slow.until(isType('agent_start'), 20_000);
  const after = Number(seqsOf(slow.frames).at(-1));
  slow.ws.pause();
  const told = () => reader.frames.filter(isType('agent_text')).map(({ text }) => String(text).length);
  const wanted = chunks.join('').length * 0.9;
  await until('ten megabytes', () => told().reduce((sum, length) => sum + length, 0) > wanted, 40_000);
  reader.send({ type: 'cancel' });
  await reader.until(isEnd);
  slow.ws.resume();
  expect((await slow.closed).code).toBe(1013);
  const back = await ki.open(`?session_id=${session}&after=${after}`);
  await back.until(isEnd);
  const rest = reader.frames.filter(({ type, seq }) => type === 'workflow_complete' || Number(seq) > after);
  expect(back.frames.slice(1).filter(({ type }) => type !== 'progress')).toEqual(rest);
});
