import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Agent, AgentContext, AgentLog } from '../../protocol/agent.ts';
import { mcpAgent, type McpAgentOptions } from './mcp-agent.ts';
import { isAlive } from '../../test/harness/launched.ts';
import { busyMs } from '../../test/harness/busy.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
const node = (name: string, ...args: string[]) => ({
  command: process.execPath,
  args: ['--disable-warning=ExperimentalWarning', fixture(name), ...args],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-mcp-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs an agent with a context that keeps what it was told. */
function run(agent: Agent, input: unknown = {}, controller = new AbortController()) {
  const told: { fraction: number; message: string }[] = [];
  const logged: string[] = [];
  const stored: string[] = [];
  const keep = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log: AgentLog = { debug: keep, info: keep, warn: keep, error: keep };
  const ctx = {
    signal: controller.signal,
    log,
    progress: (fraction: number, message: string) => told.push({ fraction, message }),
    storeBlob: async (bytes: Uint8Array, type: string) => {
      stored.push(Buffer.from(bytes).toString());
      return { ref: 'stored', bytes: bytes.length, type };
    },
  } as unknown as AgentContext;
  return { told, logged, stored, controller, result: agent.run(ctx, input) };
}

const sdkAgent = (tool: string, options: Partial<McpAgentOptions> = {}) =>
  mcpAgent({ name: 'sdk', server: node('stdio-server'), tool, ...options });
const rawAgent = (mode: string, options: Partial<McpAgentOptions> = {}, ...args: string[]) =>
  mcpAgent({ name: 'raw', server: node('raw-server', mode, ...args), tool: 'work', ...options });

async function gone(pids: readonly number[]): Promise<void> {
  await vi.waitFor(() => expect(pids.filter((pid) => isAlive(pid))).toEqual([]), { timeout: 30_000, interval: 20 });
}

test("a tool's structured result is the agent's, and its progress is told by its total", async () => {
  const { told, result } = run(sdkAgent('count'), { to: 4 });
  expect(await result).toEqual({ done: { counted: 4 } });
  expect(told).toEqual([
    { fraction: 0.25, message: 'step 1' },
    { fraction: 0.5, message: 'step 2' },
    { fraction: 0.75, message: 'step 3' },
    { fraction: 1, message: 'step 4' },
  ]);
});

test('a server written by hand is understood: the older $/progress, JSON in a text', async () => {
  const { told, result } = run(rawAgent('old'));
  expect(await result).toEqual({ done: { technologies: 4 } });
  expect(told.map(({ fraction }) => fraction)).toEqual([0, 0.25, 0.5, 0.75]);
  expect(told[1]?.message).toBe('🌍 step 0.25');
});

test('what a tool calls an error is mcp_tool_failed, with its text', async () => {
  await expect(run(sdkAgent('fail')).result).rejects.toMatchObject({
    code: 'mcp_tool_failed',
    message: 'fail: the source is gone',
  });
});

test('a tool that is not there, and arguments that do not fit, are mcp_tool_failed', async () => {
  await expect(run(sdkAgent('nothing')).result).rejects.toMatchObject({ code: 'mcp_tool_failed' });
  await expect(run(sdkAgent('count'), { to: 'four' }).result).rejects.toMatchObject({ code: 'mcp_tool_failed' });
});

test('bytes in a result are stored, and their reference stands in their place', async () => {
  const { stored, result } = run(sdkAgent('picture'));
  expect(await result).toEqual({
    done: [
      { type: 'text', text: 'a picture' },
      { type: 'image', mimeType: 'image/png', blob: { ref: 'stored', bytes: 6, type: 'image/png' } },
    ],
  });
  expect(stored).toEqual(['pixels']);
});

test('a result of 20 MB passes', async () => {
  const { done } = (await run(sdkAgent('large'), { bytes: 20_000_000 }).result) as { done: string };
  expect(done).toHaveLength(20_000_000);
});

test("a server gets its own environment and none of the worker's secrets; its secrets get into no log", async () => {
  vi.stubEnv('AUTH_TOKEN', 'of-the-worker');
  const server = { ...node('stdio-server'), env: { FIXTURE_KEY: 'very-secret-key' } };
  const { logged, result } = run(mcpAgent({ name: 'sdk', server, tool: 'environment' }));
  const { done } = (await result) as { done: Record<string, string> };
  vi.unstubAllEnvs();
  expect(done['FIXTURE_KEY']).toBe('very-secret-key');
  expect(done['AUTH_TOKEN']).toBeUndefined();
  const printed = logged.filter((line) => line.startsWith('error output'));
  expect(printed.join()).toContain('the key is [redacted]');
  expect(logged.join()).not.toContain('very-secret-key');
});

test('a server that crashes midway is mcp_crashed, with its exit code and the end of its error output', async () => {
  const { told, logged, result } = run(rawAgent('crash'));
  await expect(result).rejects.toMatchObject({
    code: 'mcp_crashed',
    message: expect.stringMatching(/it exited with code 3; its error output ends: out of cheese\nredo from start$/),
    details: { code: 3, signal: null },
  });
  expect(told).toEqual([{ fraction: 0.5, message: 'half way' }]);
  expect(logged.join()).toContain('out of cheese');
});

test('a server that was killed says by what', async () => {
  await expect(run(rawAgent('killed')).result).rejects.toMatchObject({
    code: 'mcp_crashed',
    message: expect.stringContaining('it was ended by SIGKILL'),
  });
});

test('a server that falls silent is mcp_silent, after its progress', async () => {
  const { told, result } = run(rawAgent('silent', { silenceMs: 300 }));
  await expect(result).rejects.toMatchObject({
    code: 'mcp_silent',
    message: expect.stringContaining('no message for 300 ms'),
  });
  expect(told).toEqual([{ fraction: 0.1, message: 'began' }]);
});

test('a server that does not answer the greeting is mcp_silent', async () => {
  const { result } = run(rawAgent('mute', { connectTimeoutMs: 3_000 }));
  await expect(result).rejects.toMatchObject({
    code: 'mcp_silent',
    message: expect.stringContaining('no answer to the greeting'),
  });
});

test('a call that takes longer than it may is agent_timeout', async () => {
  const { result } = run(rawAgent('silent', { requestTimeoutMs: 300 }));
  await expect(result).rejects.toMatchObject({ code: 'agent_timeout' });
});

test('lines that are no messages are logged, and do no harm among messages', async () => {
  const { logged, result } = run(rawAgent('chatty'));
  expect(await result).toEqual({ done: 'plain text, after all' });
  expect(logged.join()).toContain('Loading the model');
});

test.each([
  { what: 'prints nothing but garbage', mode: 'babble', options: { silenceMs: 400 } },
  { what: 'greets with garbage', mode: 'greets-with-garbage', options: { connectTimeoutMs: 3_000 } },
  { what: 'floods its output with garbage', mode: 'flood', options: {} },
  { what: 'answers with what is no tool result', mode: 'wrong', options: {} },
])('a server that $what is mcp_protocol', async ({ mode, options }) => {
  await expect(run(rawAgent(mode, options)).result).rejects.toMatchObject({ code: 'mcp_protocol' });
});

test('an endless line ends the call, and not the memory', async () => {
  await expect(run(rawAgent('endless')).result).rejects.toMatchObject({ code: 'mcp_protocol' });
}, 30_000);

test('a program that is not there is no_mcp_server', async () => {
  const agent = mcpAgent({ name: 'missing', server: { command: join(folder, 'nothing') }, tool: 'x' });
  await expect(run(agent).result).rejects.toMatchObject({
    code: 'no_mcp_server',
    message: expect.stringContaining('ENOENT'),
  });
});

test('a cancel is passed on to the server, which hears it before it ends', async () => {
  const file = join(folder, 'wait.txt');
  const { controller, result } = run(sdkAgent('wait'), { file });
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('waiting\n'), { timeout: 30_000 });
  const reason = new Error('the run is being cancelled');
  const askedAt = Date.now();
  controller.abort(reason);
  await expect(result).rejects.toBe(reason);
  expect(Date.now() - askedAt).toBeLessThan(800 + busyMs);
  expect(await readFile(file, 'utf8')).toBe('waiting\ncancelled\n');
});

test('an agent that was cancelled before it began starts no server', async () => {
  const file = join(folder, 'never.json');
  const controller = new AbortController();
  controller.abort(new Error('before'));
  await expect(run(rawAgent('family', {}, file), {}, controller).result).rejects.toThrow('before');
  expect(existsSync(file)).toBe(false);
});

test('a server that does not hear, and what it has started, are gone within a second of the cancel', async () => {
  const file = join(folder, 'family.json');
  const { controller, told, result } = run(rawAgent('family', {}, file));
  await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 30_000 });
  const pids = JSON.parse(await readFile(file, 'utf8')) as number[];
  expect(pids.every((pid) => isAlive(pid))).toBe(true);
  const askedAt = Date.now();
  controller.abort(new Error('enough'));
  await expect(result).rejects.toThrow('enough');
  expect(Date.now() - askedAt).toBeLessThan(1_000 + busyMs);
  await gone(pids);
});

test('kill -9 of the worker leaves no server behind', async () => {
  const file = join(folder, 'orphans.json');
  const module = new URL('./mcp-agent.ts', import.meta.url).href;
  const code = `const { mcpAgent } = await import(${JSON.stringify(module)});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const agent = mcpAgent({ name: 'raw', server: ${JSON.stringify(node('raw-server', 'family', file))}, tool: 'work' });
    const ctx = { signal: new AbortController().signal, log, progress: () => process.stdout.write('began') };
    await agent.run(ctx, {});`;
  const worker = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(worker.stdout, 'data');
  const pids = JSON.parse(await readFile(file, 'utf8')) as number[];
  worker.kill('SIGKILL');
  await gone(pids);
});

async function startHttp(): Promise<{ server: ChildProcess; url: string }> {
  const { command, args } = node('http-server');
  const server = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FIXTURE_KEY: 'over-http' },
  });
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { server, url: line.toString().trim() };
}

test('over streamable HTTP it is the same: result, progress, errors, cancel; a server that is away is no_mcp_server', async () => {
  const { server, url } = await startHttp();
  try {
    const agent = (tool: string, key = 'over-http') =>
      mcpAgent({ name: 'remote', server: { url, headers: { authorization: `Bearer ${key}` } }, tool });
    const { told, result } = run(agent('count'), { to: 2 });
    expect(await result).toEqual({ done: { counted: 2 } });
    expect(told).toEqual([
      { fraction: 0.5, message: 'step 1' },
      { fraction: 1, message: 'step 2' },
    ]);
    await expect(run(agent('fail')).result).rejects.toMatchObject({ code: 'mcp_tool_failed' });
    await expect(run(agent('count', 'wrong'), { to: 2 }).result).rejects.toMatchObject({ code: 'no_mcp_server' });

    const file = join(folder, 'wait-http.txt');
    const waiting = run(agent('wait'), { file });
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('waiting\n'), { timeout: 30_000 });
    const reason = new Error('cancelled');
    waiting.controller.abort(reason);
    await expect(waiting.result).rejects.toBe(reason);
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('waiting\ncancelled\n'), {
      timeout: 30_000,
    });

    const interrupted = run(agent('wait'), { file });
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toMatch(/waiting\n$/), { timeout: 30_000 });
    server.kill('SIGKILL');
    await expect(interrupted.result).rejects.toMatchObject({ code: expect.stringMatching(/^(mcp_|no_mcp_)/) });
    await expect(run(agent('count'), { to: 2 }).result).rejects.toMatchObject({ code: 'no_mcp_server' });
  } finally {
    server.kill('SIGKILL');
  }
});
