import { expect, test } from 'vitest';
import { agents } from './agent.ts';
import { readMcpServers } from './mcp-servers.ts';

test('each server of the setting becomes an agent; its tool is called as the agent unless it says otherwise', () => {
  const setting = JSON.stringify({
    research_agent: { command: 'python', args: ['research.py'], env: { KEY: 'k' }, silenceMs: 5_000 },
    weather: { url: 'https://mcp.example/mcp', headers: { authorization: 'Bearer t' }, tool: 'forecast' },
  });
  expect(readMcpServers(setting)).toEqual([
    {
      name: 'research_agent',
      tool: 'research_agent',
      progress: 'durable',
      server: { command: 'python', args: ['research.py'], env: { KEY: 'k' } },
      silenceMs: 5_000,
    },
    {
      name: 'weather',
      tool: 'forecast',
      progress: 'durable',
      server: { url: 'https://mcp.example/mcp', headers: { authorization: 'Bearer t' } },
    },
  ]);
  expect(agents({ MCP_SERVERS: setting }).map(({ contract }) => contract.name)).toEqual(['research_agent', 'weather']);
});

test('without the setting there are none', () => {
  expect(agents({ MCP_SERVERS: undefined })).toEqual([]);
});

test.each([
  '{',
  '[]',
  '{"a": {}}',
  '{"a": {"command": ""}}',
  '{"a": {"url": "nowhere"}}',
  '{"a": {"command": "x", "urls": 1}}',
])('nonsense is refused with the name of the variable: %s', (setting) => {
  expect(() => readMcpServers(setting)).toThrow(/^MCP_SERVERS: /);
});
