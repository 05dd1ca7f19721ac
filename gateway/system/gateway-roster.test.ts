import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GatewayStanding } from '../../protocol/schemas/system.ts';
import { GatewayRoster } from './gateway-roster.ts';

let dataDir: string;
const begun: GatewayRoster[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-roster-'));
});
afterEach(async () => {
  await Promise.all(begun.splice(0).map((roster) => roster.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

const standingOf = (process: number): GatewayStanding => ({
  toldAt: new Date().toISOString(),
  version: '1.0.0',
  host: 'here',
  process,
  startedAt: new Date().toISOString(),
  uptimeSeconds: 1,
  sockets: { native: process, dialects: {}, streams: 0, max: 10 },
  subscriptions: 0,
  runsHeld: 0,
  logBytes: 0,
  memoryBytes: 1,
  recent: { seconds: 1, eventsPerSecond: 0, requestsPerSecond: 0, delivery: { count: 0, p50Ms: null, p95Ms: null } },
});

async function begin(process: number, folder = dataDir) {
  const faults: unknown[] = [];
  const standing = () => Promise.resolve(standingOf(process));
  const roster = new GatewayRoster({ dataDir: folder, standing, onFault: (error) => faults.push(error) });
  begun.push(roster);
  await roster.tell();
  const seen = async () => (await roster.read()).map((each) => each.process);
  return { roster, seen, faults };
}

test('each sees itself first, then the others, until they stop', async () => {
  const [second, first, tenth] = [await begin(2), await begin(1), await begin(10)];
  expect(await second.seen()).toEqual([2, 1, 10]);
  expect(await first.seen()).toEqual([1, 2, 10]);
  await tenth.roster.stop();
  expect(await first.seen()).toEqual([1, 2]);
  expect([...first.faults, ...second.faults, ...tenth.faults]).toEqual([]);
});

test('one that was killed is seen no more, and cleared away with what it had not finished', async () => {
  const { seen, faults } = await begin(1);
  const folder = join(dataDir, 'gateways');
  const long = new Date(Date.now() - 60_000);
  for (const name of ['killed.json', 'killed.json.new']) {
    await writeFile(join(folder, name), JSON.stringify(standingOf(7)));
    await utimes(join(folder, name), long, long);
  }
  expect(await seen()).toEqual([1]);
  expect(await readdir(folder)).toHaveLength(1);
  expect(faults).toEqual([]);
});

test('what is half written, or of another version, counts for nothing and stays', async () => {
  const { seen } = await begin(1);
  const folder = join(dataDir, 'gateways');
  await writeFile(join(folder, 'newer.json'), JSON.stringify({ version: '9.0.0' }));
  await writeFile(join(folder, 'unfinished.json.new'), '{"ver');
  expect(await seen()).toEqual([1]);
  expect(await readdir(folder)).toHaveLength(3);
});

test('without a folder that can be written each sees itself, and says so once', async () => {
  const file = join(dataDir, 'no-folder');
  await writeFile(file, '');
  const { seen, roster, faults } = await begin(1, file);
  expect(await seen()).toEqual([1]);
  await roster.tell();
  expect(faults).toHaveLength(1);
});
