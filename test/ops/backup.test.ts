/** `baton backup` while people use Baton, and `baton restore` on another machine: an empty folder, other ports. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { Api, type Json } from '../harness/gateway.ts';
import { startSite, type Site } from '../fixtures/site.ts';
import { launchBaton, runCommand, type Program } from '../harness/launched.ts';
import { rounds } from '../harness/test-size.ts';
import { until } from '../harness/until.ts';
import { answer } from './planted/planted-runs.ts';

/** 500 runs take their time, before the backup and after the restore. */
const loadMs = rounds(120_000, 900_000);

vi.setConfig({ testTimeout: rounds(240_000, 1_800_000) });

const programs: Program[] = [];
let root: string;
let site: Site;

beforeEach(async () => {
  site = await startSite({ pages: 40 });
  root = await mkdtemp(join(tmpdir(), 'baton-backup-'));
});

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.signal('SIGKILL');
    await program.ended;
  }
  await site.stop();
  await vi.waitFor(() => rm(root, { recursive: true, force: true }), { timeout: 30_000 });
});

async function launch(dataDir: string) {
  const launched = await launchBaton(dataDir, [], { CRAWL_ALLOW_PRIVATE: '1' });
  programs.push(launched);
  return { launched, api: new Api(launched.api) };
}

async function command(...args: string[]): Promise<{ code: number | string; output: string }> {
  const program = runCommand(args);
  programs.push(program);
  return { code: await program.ended, output: program.output() };
}

async function logOf(api: Api, run: string): Promise<RunEvent[]> {
  const { status, body } = await api.get(`/v1/runs/${run}/events?limit=5000`);
  return status === 200 ? (body['events'] as RunEvent[]) : [];
}

/** A few at a time; a gateway that has just come up with many open runs may say that it is not to be hurried. */
async function statusesOf(api: Api, runs: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  const atOnce = 10;
  for (let from = 0; from < runs.length; from += atOnce) {
    const some = runs.slice(from, from + atOnce).map((run) =>
      until(
        `an answer about ${run}`,
        async () => {
          const { status } = await api.get(`/v1/runs/${run}`);
          return status === 503 ? null : status;
        },
        loadMs,
      ),
    );
    statuses.push(...(await Promise.all(some)));
  }
  return statuses;
}

async function idsIn(api: Api, list: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const { body }: { body: Json } = await api.get(`${list}&limit=100${after}`);
    ids.push(...(body['items'] as Json[]).map(({ id }) => String(id)));
    after = typeof body['nextCursor'] === 'string' ? `&cursor=${body['nextCursor']}` : null;
  }
  return ids;
}

/** Starts runs until it is told to stop; most are on hold. The ids in the order of their acknowledgements. */
function load(api: Api): { acknowledged: string[]; stop(): Promise<void> } {
  const acknowledged: string[] = [];
  const stopped = new AbortController();
  const one = async (index: number) => {
    const input = { url: `${site.url}page/${1 + (index % 39)}`, maxPages: 2, maxDepth: 1, onLimit: 'stop' };
    const hold = index % 4 !== 0;
    const { status, body } = await api.post('/v1/runs', { blueprint: 'crawl', input, id: `load-${index}`, hold });
    if (status === 201) acknowledged.push(String(body['id']));
  };
  const loops = [0, 1, 2].map(async (lane) => {
    for (let index = lane; !stopped.signal.aborted; index += 3) await one(index);
  });
  return {
    acknowledged,
    stop: async () => {
      stopped.abort();
      await Promise.all(loops);
    },
  };
}

it('every run acknowledged before a backup under load is there after the restore, and open ones go on', async () => {
  const [dataDir, backup, fresh] = [join(root, 'data'), join(root, 'backup'), join(root, 'fresh')];
  const { launched, api } = await launch(dataDir);
  const start = async (input: Json) => String((await api.post('/v1/runs', { blueprint: 'crawl', input })).body['id']);

  const ended = await start({ url: site.url, maxPages: 30, onLimit: 'stop' });
  const endedLog = await api.eventsToEnd(ended);
  const waiting = await start({ url: site.url, maxPages: 3 });
  await api.eventsUntil(waiting, ({ type }) => type === 'question.asked');
  const slow = await startSite({ pages: 30, delayMs: 400 });
  const running = await start({ url: slow.url, maxConcurrent: 1 });
  await api.eventsUntil(running, ({ data }) => data['kind'] === 'crawl.page');

  const going = load(api);
  const few = rounds(20, 500);
  await until('runs before the backup', () => going.acknowledged.length >= few, loadMs);
  const before = [...going.acknowledged];
  const made = await command('backup', backup, '--data-dir', dataDir);
  expect(made, made.output).toMatchObject({ code: 0 });
  const during = going.acknowledged.length;
  expect(during).toBeGreaterThan(before.length);
  await until('runs after the backup', () => going.acknowledged.length > during + 5, 60_000);
  await going.stop();
  launched.signal('SIGKILL');
  await launched.ended;

  expect(await command('restore', backup, '--verify')).toMatchObject({ code: 0 });
  const restored = await command('restore', backup, '--data-dir', fresh);
  expect(restored, restored.output).toMatchObject({ code: 0 });
  const { api: again } = await launch(fresh);
  const there = await statusesOf(again, before);
  expect(there).toEqual(before.map(() => 200));
  const listed = await until(
    'them all in lists',
    async () => {
      const ids = await idsIn(again, '/v1/runs?idPrefix=load-');
      return before.every((run) => ids.includes(run)) ? ids : null;
    },
    loadMs,
  );
  // Nothing is listed that the history does not have.
  expect(await statusesOf(again, listed)).toEqual(listed.map(() => 200));
  expect(await logOf(again, ended)).toEqual(endedLog);
  const { body } = await again.get('/v1/knowledge/search?q=bird13');
  expect((body['items'] as Json[]).map(({ run }) => run)).toContain(ended);

  await answer(again, waiting, { continue: false });
  const onHold = before.filter((run) => Number(run.slice('load-'.length)) % 4 !== 0);
  expect(onHold.length).toBeGreaterThan(3);
  const [held = ''] = onHold;
  await again.post(`/v1/runs/${held}/begin`);
  const rest = before.filter((run) => !onHold.includes(run));
  for (const run of [waiting, held, running, ...rest]) {
    await until(`the end of ${run}`, async () => (await again.get(`/v1/runs/${run}`)).body['endedAt'], loadMs);
    const log = await logOf(again, run);
    expect(log.at(-1)?.type, JSON.stringify(log.slice(-3))).toBe('run.completed');
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  }
  await slow.stop();
});

it('the command line has both commands; misuse and half a restore are told', async () => {
  const baton = (...args: string[]) =>
    spawnSync(join(import.meta.dirname, '..', '..', 'baton'), args, { encoding: 'utf8', cwd: root });
  expect(baton('backup', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--verify') as string });
  expect(baton('backup')).toMatchObject({ status: 2, stderr: expect.stringContaining('give one folder') as string });
  expect(baton('restore', 'x', '--nonsense')).toMatchObject({ status: 2 });
  expect(baton('restore', root)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is no backup') as string,
  });

  const half = join(root, 'half');
  await mkdir(half);
  await writeFile(join(half, 'restore.unfinished'), '');
  const { code, output } = await command('start', '--data-dir', half, '--port', '0', '--temporal-port', '0');
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/A restore into .* has not ended/) as string,
  });
});
