/** What a run tells, in which order: the contract's messages and its order guarantees, over real sockets. */
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import {
  eventsOf,
  eventTypes,
  isEnd,
  isType,
  newSession,
  question,
  runToEnd,
  seqsOf,
  startKi,
  story,
  wish,
  type Ki,
} from './ki.ts';

let ki: Ki;
let built: TestSocket;
beforeAll(async () => {
  ki = await startKi({ WORKSPACE_WRITE: '1' });
  built = await runToEnd(ki, { message: wish, workspace_path: ki.workspace, auto_approve: true });
});
afterAll(() => ki.stop());

const barsOf = (frames: readonly Frame[]) => {
  const calls: { agent: unknown; values: number[]; frames: Frame[]; end: Frame | null }[] = [];
  for (const frame of frames) {
    const open = calls.findLast(({ agent, end }) => end === null && agent === (frame['server'] ?? frame['agent']));
    if (frame['type'] === 'agent_start') calls.push({ agent: frame['agent'], values: [], frames: [], end: null });
    if (frame['type'] === 'mcp_progress') {
      open?.values.push(Number(frame['progress']));
      open?.frames.push(frame);
    }
    if (frame['type'] === 'agent_complete' && open) open.end = frame;
  }
  return calls;
};

test('connected is the first frame, and workflow_complete the last, once', () => {
  const { frames } = built;
  expect(frames[0]).toEqual({
    type: 'connected',
    session_id: expect.any(String),
    timestamp: expect.stringMatching(/Z$/),
  });
  expect(frames.filter(isEnd)).toHaveLength(1);
  expect(isEnd(frames.at(-1) ?? {})).toBe(true);
});

test('a build request that is approved beforehand goes research, architect, codesmith, finish', () => {
  const decisions = built.frames.filter(({ type }) => type === 'supervisor_decision');
  expect(decisions.map(({ iteration, decision }) => [iteration, decision])).toEqual([
    [1, 'research'],
    [2, 'architect'],
    [3, 'codesmith'],
    [4, 'finish'],
  ]);
  expect(decisions.every(({ reason }) => typeof reason === 'string' && reason !== '')).toBe(true);
});

test('each decision is followed directly by its jump, and each node hands back', () => {
  const { frames } = built;
  frames.forEach((frame, index) => {
    if (frame['type'] !== 'supervisor_decision') return;
    const { iteration, decision } = frame;
    const goto = decision === 'finish' ? 'end' : decision;
    expect(frames[index + 1]).toMatchObject({
      type: 'command_routing',
      from_node: 'supervisor',
      to_node: goto,
      command: { goto, update: { last_agent: 'supervisor', iteration } },
    });
  });
  expect(story(frames)).toEqual([
    '1 research',
    'supervisor > research',
    'agent_start research_agent',
    'agent_complete research_agent',
    'research > supervisor',
    '2 architect',
    'supervisor > architect',
    'agent_start architect_agent',
    'agent_complete architect_agent',
    'architect > supervisor',
    '3 codesmith',
    'supervisor > codesmith',
    'agent_start codesmith_agent',
    'research_request',
    'codesmith > research',
    'agent_start research_agent',
    'agent_complete research_agent',
    'research > codesmith',
    'agent_complete codesmith_agent',
    'codesmith > supervisor',
    '4 finish',
    'supervisor > end',
    'workflow_complete completed',
  ]);
});

test('each agent goes from 0.0 to 1.0 over at least four values, never back, and completes after that', () => {
  const calls = barsOf(built.frames);
  expect(calls.map(({ agent }) => agent)).toEqual([
    'research_agent',
    'architect_agent',
    'codesmith_agent',
    'research_agent',
  ]);
  for (const { values, frames, end } of calls) {
    expect([values[0], values.at(-1)]).toEqual([0, 1]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(new Set(values).size).toBeGreaterThanOrEqual(4);
    expect(frames.every(({ message }) => typeof message === 'string' && message !== '')).toBe(true);
    expect(end).toMatchObject({
      status: 'ok',
      result_size: expect.stringMatching(/^(\d+ B|\d+\.\d (KB|MB))$/),
      duration_ms: expect.any(Number),
    });
  }
});

test('the research agent marks a quarter for the workspace, a half for the look-up, three for compiling', () => {
  const [research] = barsOf(built.frames);
  expect([...new Set(research?.values)]).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(research?.end).toMatchObject({
    agent_name: 'Research Agent',
    result_summary: 'Found 2 technologies, 7 best practices',
  });
});

test('the codesmith asks for research by the name of a technology in use', () => {
  const request = built.frames.find(({ type }) => type === 'research_request');
  expect(request).toMatchObject({ agent: 'codesmith_agent', query: expect.stringContaining('express') });
});

test('after each mcp_progress goes its copy with exactly four keys', () => {
  const { frames } = built;
  frames.forEach((frame, index) => {
    if (frame['type'] !== 'mcp_progress') return;
    const { server, message, progress } = frame;
    expect(frames[index + 1]).toEqual({ type: 'progress', server, message, progress });
  });
});

test('the seven types carry session_id and seq 1, 2, 3 …, and a timestamp with Z', () => {
  const events = eventsOf(built.frames);
  expect(seqsOf(events)).toEqual(events.map((_, index) => index + 1));
  const id = built.frames[0]?.['session_id'];
  for (const { session_id, timestamp } of events) {
    expect(session_id).toBe(id);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set([...eventTypes].filter((type) => type !== 'hitl_request')),
  );
});

test('the files stand in the result, and in the workspace where writing is allowed', async () => {
  const { code } = (built.frames.at(-1) ?? {})['result'] as { code: { files: { path: string; content: string }[] } };
  const file = code.files.find(({ path }) => path === 'src/note-taking-service.js');
  expect(file?.content).toContain('class NoteTakingService');
  expect(await readFile(join(ki.workspace, 'src', 'note-taking-service.js'), 'utf8')).toBe(file?.content);
});

test('what is no build request ends after the research, without a workspace with no technologies', async () => {
  const socket = await runToEnd(ki, { content: question });
  expect(story(socket.frames)).toEqual([
    '1 research',
    'supervisor > research',
    'agent_start research_agent',
    'agent_complete research_agent',
    'research > supervisor',
    '2 finish',
    'supervisor > end',
    'workflow_complete completed',
  ]);
  expect(socket.frames.find(({ type }) => type === 'agent_complete')).toMatchObject({
    result_summary: 'Found 0 technologies, 4 best practices',
  });
});

describe('what is in a workspace (1)', () => {
  test('technologies of each manifest, and files but those that are built or fetched', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-ki-manifests-'));
    const files = {
      'package.json': '{"dependencies":{"express":"5"},"devDependencies":{"vitest":"5"}}',
      'requirements.txt': 'Flask==3.0\nnumpy>=1 # fast\n',
      'pyproject.toml': '[project]\ndependencies = ["fastapi>=0.1", "httpx[http2]"]',
      'go.mod': 'module m\nrequire github.com/gin-gonic/gin v1.9.1\n',
      'Cargo.toml': '[dependencies]\nserde = "1"',
      Dockerfile: 'FROM scratch',
      'src/deep/a.ts': '',
      ...Object.fromEntries(
        ['.git', 'node_modules', 'dist', 'build', '.venv', 'target'].map((name) => [`${name}/x.ts`, '']),
      ),
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const socket = await runToEnd(ki, { message: question, workspace_path: folder });
    const { research } = (socket.frames.at(-1) ?? {})['result'] as { research: Record<string, unknown> };
    expect(research).toMatchObject({
      summary: expect.stringMatching(/^Found 9 technologies, \d+ best practices$/) as string,
      technologies: [
        'express',
        'vitest',
        'Flask',
        'numpy',
        'fastapi',
        'httpx',
        'github.com/gin-gonic/gin',
        'serde',
        'docker',
      ],
      fileCount: 7,
      extensions: { ts: 1, json: 1, txt: 1, toml: 2, mod: 1, '': 1 },
    });
    await rm(folder, { recursive: true });
  });

  test('one technology is plural, too; each that is known has a practice, an unknown one has none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-ki-one-'));
    await writeFile(join(folder, 'requirements.txt'), 'nobody-knows-this\n');
    const practicesOf = async () => {
      const socket = await runToEnd(ki, { message: question, workspace_path: folder });
      const end = socket.frames.at(-1) as { result: { research: { bestPractices: { technology: string | null }[] } } };
      return [
        socket.frames.find(isType('agent_complete'))?.['result_summary'],
        end.result.research.bestPractices.map(({ technology }) => technology),
      ];
    };
    expect(await practicesOf()).toEqual(['Found 1 technologies, 4 best practices', [null, null, null, null]]);
    await writeFile(join(folder, 'requirements.txt'), 'flask\n');
    expect(await practicesOf()).toEqual(['Found 1 technologies, 5 best practices', ['flask', null, null, null, null]]);
    await rm(folder, { recursive: true });
  });

  test('is read up to 5,000 files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-ki-many-'));
    for (let file = 0; file <= 5_000; file++) writeFileSync(join(folder, `${file}.c`), '');
    const socket = await runToEnd(ki, { message: question, workspace_path: folder });
    expect(socket.frames.at(-1)).toMatchObject({
      result: { research: { fileCount: 5_000, isTruncated: true, extensions: { c: 5_000 } } },
    });
    await rm(folder, { recursive: true });
  });
});

test.each([
  ['Please REFACTOR: the store', 'architect'],
  ['Who can fix, add or write that?', 'architect'],
  ['address of the builder, rebuilding, prefixes, creation', 'finish'],
])('"%s" goes on to %s: verbs count as whole words, in whatever case (1)', async (message, next) => {
  const socket = await ki.open(`?session_id=${newSession()}`);
  socket.send({ type: 'chat', message });
  expect(await socket.until(({ iteration }) => iteration === 2, 20_000)).toMatchObject({ decision: next });
  if (next === 'architect') socket.send({ type: 'cancel' });
  await socket.until(isEnd);
});

describe('failures (5)', () => {
  test('a workspace that is missing: the run starts, reaches 1.0 with an error sign, and fails by name, once', async () => {
    const socket = await runToEnd(ki, { message: wish, workspace_path: join(ki.workspace, 'missing') });
    const [call] = barsOf(socket.frames);
    expect(call?.values.at(-1)).toBe(1);
    expect(call?.frames.at(-1)?.['message']).toMatch(/^❌ .*missing does not exist$/);
    expect(call?.end).toMatchObject({ status: 'failed', error: expect.stringContaining('does not exist') });
    expect(socket.frames.at(-1)).toMatchObject({
      type: 'workflow_complete',
      status: 'failed',
      result: null,
      error: { code: 'workspace_not_found', message: expect.stringContaining('does not exist') },
    });
    // Not tried again: the beginning was told once.
    expect(call?.frames.filter(({ message }) => String(message).includes('starting the research'))).toHaveLength(1);
  });

  test('an agent that raises is tried again, its bar never goes back, and then the run fails as agent_failed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-ki-raise-'));
    await writeFile(join(folder, 'src'), 'a file where a folder is wanted');
    const socket = await runToEnd(ki, { message: wish, workspace_path: folder, auto_approve: true });
    await rm(folder, { recursive: true });
    expect(story(socket.frames).slice(-3)).toEqual([
      'agent_complete codesmith_agent',
      'codesmith > end',
      'workflow_complete failed',
    ]);
    const call = barsOf(socket.frames).find(({ agent }) => agent === 'codesmith_agent');
    expect(call?.values).toEqual(call?.values.toSorted((a, b) => a - b));
    expect(call?.frames.filter(({ message }) => String(message).includes('taking in')).length).toBe(3);
    expect(call?.values.filter((value) => value === 1)).toHaveLength(1);
    expect(call?.frames.at(-1)?.['message']).toMatch(/^❌ /);
    expect(call?.end).toMatchObject({ status: 'failed' });
    expect(socket.frames.at(-1)).toMatchObject({ status: 'failed', error: { code: 'agent_failed' } });
  });
});
