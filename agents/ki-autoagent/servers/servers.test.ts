/** The servers as any MCP client has them: processes that speak JSON-RPC, a line each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

/** Greets, calls the tool, and returns the lines up to its result. */
async function call(name: string, args: object): Promise<{ lines: string[]; result: Record<string, unknown> }> {
  const file = join(import.meta.dirname, `${name}-server.ts`);
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    env: { PATH: process.env['PATH'], WORKSPACE_ROOTS: tmpdir() },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const info = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  send({ id: 1, method: 'initialize', params: info });
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    const message = JSON.parse(line) as { id?: number; result?: Record<string, unknown> };
    if (message.id === 1) {
      send({ method: 'notifications/initialized' });
      send({ id: 2, method: 'tools/call', params: { name, arguments: args } });
    } else lines.push(line);
    if (message.id === 2) {
      server.stdin.end();
      server.kill();
      await once(server, 'exit');
      return { lines, result: message.result ?? {} };
    }
  }
  throw new Error(`no result, but ${lines.join('\n')}`);
}

const progressLine =
  /^\{"jsonrpc":"2\.0","method":"\$\/progress","params":\{"progress":[01]\.\d+,"total":1\.0,"message":".+","timestamp":"[^"]+Z"\}\}$/;

const inputs: Record<string, object> = {
  research: { message: 'what is this?', workspacePath: null },
  architect: { message: 'build a shop', technologies: [], previous: null, feedback: null },
  codesmith: {
    message: 'build a shop',
    workspacePath: null,
    technologies: [],
    structure: { src: ['a.ts'] },
    findings: [],
  },
};

test.each(Object.keys(inputs))(
  '%s tells each step on a line of its own, from 0.0 to 1.0, before its result',
  async (name) => {
    const { lines, result } = await call(name, inputs[name] ?? {});
    const progress = lines.slice(0, -1);
    expect(progress.filter((line) => !progressLine.test(line))).toEqual([]);
    const values = progress.map((line) => (JSON.parse(line) as { params: { progress: number } }).params.progress);
    expect(new Set(values).size).toBeGreaterThanOrEqual(4);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.at(-1)).toBe(1);
    if (name !== 'codesmith') expect(values[0]).toBe(0);
    expect(result).toMatchObject({ structuredContent: { done: { summary: expect.any(String) } } });
  },
);

test('a failure reaches 1.0 with an error sign, and says by its code whether to try again', async () => {
  const { lines, result } = await call('research', { message: 'x', workspacePath: join(tmpdir(), 'baton-none') });
  expect(lines.at(-2)).toMatch(/"progress":1\.0,"total":1\.0,"message":"❌ the workspace .* does not exist"/);
  expect(result).toMatchObject({ isError: true, structuredContent: { code: 'workspace_not_found' } });
});

test('arguments that do not fit are refused', async () => {
  const { result } = await call('architect', { message: 1 });
  expect(result).toMatchObject({ isError: true });
});
