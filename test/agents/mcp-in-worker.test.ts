import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveFrame } from '../../protocol/schemas/event.ts';
import { discoverAgents } from '../../worker/discover-agents.ts';
import { testConfig } from '../harness/temporal-server.ts';
import { AgentBench } from './agent-bench.ts';

const server = (mode: string) => ({
  command: process.execPath,
  args: [
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(new URL('../../agents/mcp/fixtures/raw-server.ts', import.meta.url)),
    mode,
  ],
  tool: 'work',
});
const MCP_SERVERS = JSON.stringify({
  old_agent: server('old'),
  crashing_agent: { ...server('crash'), progress: 'live' },
});

let bench: AgentBench;
beforeAll(async () => {
  const agents = await discoverAgents(testConfig({ MCP_SERVERS }));
  bench = await AgentBench.start(agents, { LOG_LEVEL: 'error' });
});
afterAll(() => bench.stop());

test('a server that the configuration names works as an agent, its progress in the log', async () => {
  const handle = await bench.begin('old_agent', { input: { topic: 'x' } });
  const result = await handle.result();
  expect(result.outcome).toMatchObject({ kind: 'done', result: { technologies: 4 }, progress: 0.75 });
  const events = await bench.events(result, handle.workflowId);
  expect(events.at(-1)).toMatchObject({ type: 'agent.progressed', data: { fraction: 0.75, message: '🌍 step 0.75' } });
});

test('a server that crashes is a failed attempt with its exit code, tried again, then the failure of the step', async () => {
  const frames: LiveFrame[] = [];
  using _ = bench.bus.onLive((run, frame) => {
    if (run.startsWith('crashing_agent')) frames.push(frame);
  });
  const handle = await bench.begin('crashing_agent', {}, { maximumAttempts: 2 });
  const result = await handle.result();
  expect(result.failure).toMatchObject({
    code: 'mcp_crashed',
    message: expect.stringContaining('it exited with code 3'),
  });
  const events = await bench.events(result, handle.workflowId);
  expect(events).toMatchObject([
    {
      type: 'agent.attempt_failed',
      attempt: 1,
      data: { code: 'mcp_crashed', message: expect.stringContaining('out of cheese') },
    },
  ]);
  expect(frames.map(({ fraction }) => fraction)).toEqual([0.5, 0.5]);
});
