/** The product as a person starts it, with the contract's environment; the panel connects by address alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchBaton, type Launched } from '../../harness/launched.ts';
import { Api } from '../../harness/gateway.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { isEnd, isType, question } from './ki.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let dataDir: string;
let workspace: string;
let launched: Launched;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-ki-launch-'));
  workspace = mkdtempSync(join(tmpdir(), 'baton-ki-roots-'));
  writeFileSync(join(workspace, 'requirements.txt'), 'flask\n');
  launched = await launchBaton(dataDir, [], { AUTH_TOKEN: 'secret', WORKSPACE_ROOTS: workspace, WORKSPACE_WRITE: '0' });
});
afterAll(async () => {
  launched.signal('SIGTERM');
  await launched.ended;
  for (const folder of [dataDir, workspace]) rmSync(folder, { recursive: true, force: true });
});

test('a panel that only listens sees a run fill its bars; roots and token are as the environment says', async () => {
  const panel = await TestSocket.open(`${launched.api.replace('http', 'ws')}/ws/chat?token=secret`);
  const api = new Api(launched.api, 'secret');
  expect((await new Api(launched.api).post('/api/sessions', { message: question })).status).toBe(401);
  const outside = await api.post('/api/sessions', { message: question, workspace_path: tmpdir() });
  expect(outside.status).toBe(403);
  const { body } = await api.post('/api/sessions', { message: question, workspace_path: workspace });
  expect(await panel.until(isEnd, 30_000)).toMatchObject({ status: 'completed', session_id: body['session_id'] });
  expect(panel.frames.findLast(isType('mcp_progress'))).toMatchObject({ server: 'research_agent', progress: 1 });
  expect(panel.frames.find(isType('agent_complete'))).toMatchObject({
    agent_name: 'Research Agent',
    result_summary: 'Found 1 technologies, 5 best practices',
  });
  panel.close();
});
