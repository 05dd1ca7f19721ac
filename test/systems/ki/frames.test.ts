/** Each frame whole, as the product's socket has it; and what a wrong one gets. Sections 3 and 5 of the contract. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestSocket, type Frame } from '../../harness/test-socket.ts';
import { isAsked, isEnd, isError, isType, newSession, startKi, wish, type Ki } from './ki.ts';

let ki: Ki;
let texts: string[];
const session = newSession();
beforeAll(async () => {
  ki = await startKi();
  const socket = await ki.open(`?session_id=${session}`);
  texts = textsOf(socket);
  socket.send({ type: 'init', workspace_path: ki.workspace });
  socket.send({ type: 'chat', message: wish });
  await socket.until(isAsked, 30_000);
  socket.send({ type: 'hitl_response', request_id: 'hitl-1', decision: 'approve', feedback: '' });
  await socket.until(isEnd, 30_000);
});
afterAll(() => ki.stop());

/** What comes from now on, as it comes. */
function textsOf(socket: TestSocket): string[] {
  const raw: string[] = [];
  socket.ws.on('message', (data: Buffer) => raw.push(data.toString('utf8')));
  return raw;
}

const frames = () => texts.map((text) => JSON.parse(text) as Frame);
const first = (type: string) => frames().find(isType(type));
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const words = expect.stringMatching(/\S/) as string;
const isoText = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`;
const place = (seq: number) => ({ timestamp, session_id: session, seq });

describe('whole, with every key and no other (3)', () => {
  test('connected, initialized, pong', async () => {
    const socket = await ki.open(`?session_id=${newSession()}`);
    const id = socket.frames[0]?.['session_id'];
    socket.send({ type: 'init', workspace_path: ki.workspace });
    socket.send({ type: 'ping' });
    await socket.until(isType('pong'));
    expect(socket.frames).toEqual([
      { type: 'connected', session_id: id, timestamp },
      { type: 'initialized', session_id: id, workspace_path: ki.workspace },
      { type: 'pong' },
    ]);
    socket.close();
  });

  test('initialized by a folder of where the product was started, which is a root by default', async () => {
    const socket = await ki.open(`?session_id=${newSession()}`);
    const workspace_path = join(import.meta.dirname, '..');
    socket.send({ type: 'init', workspace_path });
    expect(await socket.until(isType('initialized'))).toMatchObject({ workspace_path });
    socket.close();
  });

  test('supervisor_decision and command_routing', () => {
    expect(frames().slice(1, 3)).toEqual([
      { type: 'supervisor_decision', decision: 'research', reason: words, iteration: 1, ...place(1) },
      {
        type: 'command_routing',
        from_node: 'supervisor',
        to_node: 'research',
        command: { goto: 'research', update: { last_agent: 'supervisor', iteration: 1 } },
        ...place(2),
      },
    ]);
    const jumps = frames().filter(isType('command_routing'));
    expect(jumps.at(-1)).toEqual({
      type: 'command_routing',
      from_node: 'supervisor',
      to_node: 'end',
      command: { goto: 'end', update: { last_agent: 'supervisor', iteration: 5 } },
      ...place(expect.any(Number) as number),
    });
    expect(jumps.find(({ from_node }) => from_node === 'hitl')).toMatchObject({
      to_node: 'supervisor',
      command: { goto: 'supervisor', update: { last_agent: 'hitl', iteration: 3 } },
    });
  });

  test('agent_start', () => {
    expect(frames()[3]).toEqual({
      type: 'agent_start',
      agent: 'research_agent',
      agent_name: 'Research Agent',
      instructions: `Study the workspace for: ${wish}`,
      ...place(3),
    });
  });

  test('mcp_progress, its copy with four keys, and their numbers with a decimal point', () => {
    const at = texts.findIndex((text) => text.startsWith('{"type":"mcp_progress"'));
    const bar = String.raw`"server":"research_agent","message":"[^"]+","progress":0\.0`;
    expect(texts[at]).toMatch(
      new RegExp(`^{"type":"mcp_progress",${bar},"timestamp":${isoText},"session_id":"${session}","seq":4}$`),
    );
    expect(texts[at + 1]).toMatch(new RegExp(`^{"type":"progress",${bar}}$`));
    const bars = texts.filter((text) => /^\{"type":"(mcp_)?progress"/.test(text));
    expect(bars.length).toBeGreaterThan(40);
    expect(bars.filter((text) => !/"progress":[01]\.\d+[,}]/.test(text))).toEqual([]);
    expect(bars.filter((text) => text.includes('"progress":1.0')).length).toBe(8);
  });

  test('agent_complete, and the size of its result', () => {
    expect(first('agent_complete')).toEqual({
      type: 'agent_complete',
      agent: 'research_agent',
      agent_name: 'Research Agent',
      result_summary: 'Found 2 technologies, 7 best practices',
      result_size: expect.stringMatching(/^(\d+ B|\d+\.\d (KB|MB))$/) as string,
      duration_ms: expect.any(Number) as number,
      status: 'ok',
      ...place(expect.any(Number) as number),
    });
    const { code } = (first('workflow_complete') ?? {})['result'] as { code: unknown };
    const bytes = Buffer.byteLength(JSON.stringify(code));
    const size = bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} KB`;
    expect(frames().findLast(isType('agent_complete'))).toMatchObject({ agent: 'codesmith_agent', result_size: size });
  });

  test('research_request', () => {
    expect(first('research_request')).toEqual({
      type: 'research_request',
      agent: 'codesmith_agent',
      query: 'error handling patterns for express in a note-taking service',
      ...place(expect.any(Number) as number),
    });
  });

  test('hitl_request and hitl_resolved', () => {
    expect(first('hitl_request')).toEqual({
      type: 'hitl_request',
      request_type: 'approve_architecture',
      message: words,
      context: {
        proposed_structure: {
          src: ['index.js', 'note-taking-service.js', 'routes.js', 'store.js'],
          test: ['note-taking-service.test.js'],
          '.': ['README.md'],
        },
        reasoning: words,
      },
      timeout_seconds: 300,
      request_id: 'hitl-1',
      ...place(expect.any(Number) as number),
    });
    expect(first('hitl_resolved')).toEqual({
      type: 'hitl_resolved',
      request_id: 'hitl-1',
      decision: 'approve',
      by: 'client',
      session_id: session,
    });
  });

  test('workflow_complete', () => {
    expect(frames().at(-1)).toEqual({
      type: 'workflow_complete',
      session_id: session,
      status: 'completed',
      result: {
        status: 'completed',
        summary: words,
        research: expect.any(Object) as object,
        architecture: expect.any(Object) as object,
        code: expect.any(Object) as object,
      },
      error: null,
      timestamp,
    });
  });

  test('those of a failure: agent_complete with status and error, workflow_complete with a code', async () => {
    const socket = await ki.open(`?session_id=${newSession()}`);
    const id = String(socket.frames[0]?.['session_id']);
    socket.send({ type: 'chat', message: wish, workspace_path: join(ki.workspace, 'missing') });
    await socket.until(isEnd, 20_000);
    const message = `the workspace ${join(ki.workspace, 'missing')} does not exist`;
    expect(socket.frames.slice(-3)).toEqual([
      {
        type: 'agent_complete',
        agent: 'research_agent',
        agent_name: 'Research Agent',
        result_summary: `Failed: ${message}`,
        result_size: '0 B',
        duration_ms: expect.any(Number) as number,
        status: 'failed',
        error: message,
        ...place(expect.any(Number) as number),
        session_id: id,
      },
      {
        type: 'command_routing',
        from_node: 'research',
        to_node: 'end',
        command: { goto: 'end', update: { last_agent: 'research', iteration: 1 } },
        ...place(expect.any(Number) as number),
        session_id: id,
      },
      {
        type: 'workflow_complete',
        session_id: id,
        status: 'failed',
        result: null,
        error: { code: 'workspace_not_found', message },
        timestamp,
      },
    ]);
  });
});

describe('a wrong frame gets an error, and the socket stays open (5)', () => {
  test.each([
    ['not JSON', '{', 'invalid_json'],
    ['no object', '[1]', 'invalid_json'],
    ['null', 'null', 'invalid_json'],
    ['a number', '7', 'invalid_json'],
    ['an unknown type', { type: 'dance' }, 'unknown_type'],
    ['a type that every object has', { type: 'constructor' }, 'unknown_type'],
    ['no type', { message: 'x' }, 'unknown_type'],
    ['an empty chat', { type: 'chat', message: '' }, 'empty_message'],
    ['a blank chat', { type: 'chat', content: ' \n' }, 'empty_message'],
    ['a chat without a text', { type: 'chat' }, 'empty_message'],
    ['a chat that is too long', { type: 'chat', message: 'x'.repeat(20_001) }, 'invalid_request'],
    ['a timeout that is none', { type: 'chat', message: 'x', hitl_timeout_seconds: 0 }, 'invalid_request'],
    ['a session that cannot be', { type: 'init', session_id: 'a b' }, 'invalid_request'],
    ['a workspace outside the roots', { type: 'init', workspace_path: '/etc' }, 'workspace_forbidden'],
    ['a chat with such a workspace', { type: 'chat', message: 'x', workspace_path: '/etc' }, 'workspace_forbidden'],
    ['an answer that nobody asked for', { type: 'hitl_response', decision: 'approve' }, 'no_pending_hitl'],
    ['a cancel of nothing', { type: 'cancel' }, 'already_ended'],
  ])('%s', async (_what, frame, code) => {
    const socket = await ki.open();
    socket.send(frame);
    expect(await socket.until(isError)).toEqual({ type: 'error', code, message: words });
    socket.send({ type: 'ping' });
    expect(await socket.until(isType('pong'))).toEqual({ type: 'pong' });
    socket.close();
  });

  test('a chat while a run is active', async () => {
    const socket = await ki.open(`?session_id=${newSession()}`);
    socket.send({ type: 'chat', message: wish });
    await socket.until(isType('agent_start'));
    socket.send({ type: 'chat', message: wish });
    expect(await socket.until(isError)).toEqual({ type: 'error', code: 'session_busy', message: words });
    socket.send({ type: 'cancel' });
    await socket.until(isEnd);
  });

  test.each(['session_id=a%20b', 'after=-1', 'after=x'])('a query %s', async (query) => {
    const socket = await ki.open(`?${query}`);
    expect(socket.frames[0]).toMatchObject({ type: 'connected' });
    expect(await socket.until(isError)).toEqual({ type: 'error', code: 'invalid_request', message: words });
    socket.close();
  });
});

describe('limits (3)', () => {
  test('a frame of 64 KiB is read, one over it closes with 1009', async () => {
    const socket = await ki.open();
    const frame = (bytes: number) => `{"type":"ping","x":"${'x'.repeat(bytes - 22)}"}`;
    expect(Buffer.byteLength(frame(64 * 1024))).toBe(64 * 1024);
    socket.send(frame(64 * 1024));
    await socket.until(isType('pong'));
    socket.send(frame(64 * 1024 + 1));
    expect((await socket.closed).code).toBe(1009);
  });

  test('a socket is pinged, and one that is silent for too long is closed', async () => {
    const quick = await ki.quick();
    const socket = await quick.open();
    await new Promise((resolve) => socket.ws.once('ping', resolve));
    const silent = await TestSocket.open(`${quick.url.replace('http', 'ws')}/ws/chat`, { autoPong: false });
    expect((await silent.closed).code).toBe(1006);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    socket.close();
  }, 30_000);
});
