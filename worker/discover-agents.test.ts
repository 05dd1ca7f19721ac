import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../runtime/config.ts';
import { discoverAgents } from './discover-agents.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-discover-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const config = readConfig({});
const source = (name: string) => `{ contract: { name: ${JSON.stringify(name)} }, run() {} }`;

async function write(agent: string, code: string): Promise<void> {
  await mkdir(join(folder, agent));
  await writeFile(join(folder, agent, 'agent.ts'), code);
}

const names = async () => (await discoverAgents(config, folder)).map(({ contract }) => contract.name).toSorted();

test('a folder with an agent.ts is an agent, or several, or what the configuration says; any other folder is none', async () => {
  await write('one', `export const agent = ${source('one')};`);
  await write('two', `export const agents = [${source('two')}, ${source('three_agent')}];`);
  await write('four', `export const agents = (config) => [{ contract: { name: config.BATON_TASK_QUEUE }, run() {} }];`);
  await mkdir(join(folder, 'notes'));
  expect(await names()).toEqual(['baton', 'one', 'three_agent', 'two']);
});

test('two agents of one name are refused, with where both are', async () => {
  await write('a', `export const agent = ${source('same')};`);
  await write('b', `export const agent = ${source('same')};`);
  await expect(names()).rejects.toThrow(/two agents are called same: .*a.agent\.ts and .*b.agent\.ts/);
});

test.each([
  { code: `export const agent = ${source('No Name')};`, fault: 'No Name is no name for an agent' },
  { code: `export const agent = ${source('decide')};`, fault: 'decide is the name of an activity of the supervisor' },
  { code: 'export const other = 1;', fault: 'exports neither agent nor agents' },
])('what is no agent is refused: $fault', async ({ code, fault }) => {
  await write('odd', code);
  await expect(names()).rejects.toThrow(fault);
});

test('without the folder there are no agents', async () => {
  expect(await discoverAgents(config, join(folder, 'nothing'))).toEqual([]);
});

test('every agent of the project is found', async () => {
  expect((await discoverAgents(config)).length).toBeGreaterThan(0);
});
