/** Backup and restore of files; with a Baton running on them: test/ops/backup.test.ts. */
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tryLock } from '../lock/exclusive-lock.ts';
import { backUp } from './back-up.ts';
import { copyDatabases } from './copy-databases.ts';
import { historyFile, visibilityFile } from './data-folder.ts';
import { manifestName } from './manifest.ts';
import { restore, verifyBackup } from './restore.ts';

let root: string;
let dataDir: string;
let to: string;
let fresh: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-backup-'));
  [dataDir, to, fresh] = ['data', 'backup', 'fresh'].map((name) => join(root, name)) as [string, string, string];
  for (const path of [historyFile, visibilityFile, 'knowledge.sqlite'])
    database(path, (open) => open.exec('INSERT INTO t VALUES (1)'));
  for (const path of [
    'blobs/r-1/a',
    'payloads/r-1/b',
    'logs/engine.log',
    'gateways/g.json',
    'agent-logs.sqlite',
    'lock',
    'temporal/server.yaml',
    'blobs/.tmp',
  ])
    await file(path, path);
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dataDir, path)), { recursive: true });
  await writeFile(join(dataDir, path), text);
}

function database<T>(path: string, use: (open: DatabaseSync) => T, folder = dataDir): T {
  process.getBuiltinModule('node:fs').mkdirSync(dirname(join(folder, path)), { recursive: true });
  const open = new DatabaseSync(join(folder, path));
  try {
    open.exec('PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (n INTEGER)');
    return use(open);
  } finally {
    open.close();
  }
}

const count = (folder: string) =>
  database(historyFile, (open) => Number(open.prepare('SELECT count(*) AS n FROM t').get()?.['n']), folder);

const paths = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();

it('copies databases and stores, leaves out what is made anew, and gives back the same', async () => {
  await backUp(dataDir, to);
  const kept = ['blobs/r-1/a', 'knowledge.sqlite', 'payloads/r-1/b', historyFile, visibilityFile];
  expect(await paths(to)).toEqual([...kept, manifestName].toSorted());
  await expect(verifyBackup(to)).resolves.toMatchObject({ files: { length: 5 } });
  await restore(to, fresh);
  expect(await paths(fresh)).toEqual([...kept, 'lock', 'lock.json'].toSorted());
  expect(await readFile(join(fresh, 'blobs/r-1/a'), 'utf8')).toBe('blobs/r-1/a');
  expect(count(fresh)).toBe(1);
});

it('takes in what another connection has written and not yet checkpointed, and is one file', async () => {
  const writer = new DatabaseSync(join(dataDir, historyFile));
  writer.exec('PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (2); INSERT INTO t VALUES (3)');
  await backUp(dataDir, to);
  writer.exec('INSERT INTO t VALUES (4)');
  writer.close();
  expect((await paths(to)).filter((path) => /-(wal|shm|journal)$/.test(path))).toEqual([]);
  expect(count(to)).toBe(3);
});

it('takes a folder of an older version, whose history has its visibility in it; one that has lost it is refused', async () => {
  await rm(join(dataDir, visibilityFile));
  database(historyFile, (open) =>
    open.exec(
      `CREATE TABLE namespaces (id, name); CREATE TABLE executions (namespace_id, run_id); CREATE TABLE visibility_tasks (n);
      CREATE TABLE executions_visibility (run_id);
      INSERT INTO namespaces VALUES (x'02', 'default'); INSERT INTO executions VALUES (x'02', randomblob(16))`,
    ),
  );
  await expect(backUp(dataDir, to)).rejects.toThrow(/has no temporal.visibility.sqlite/);
  expect(await readdir(to)).toEqual([]);
  database(historyFile, (open) =>
    open.exec('INSERT INTO executions_visibility (run_id) VALUES (lower(hex(randomblob(16))))'),
  );
  await expect(backUp(dataDir, to)).rejects.toThrow(/has no temporal.visibility.sqlite/);
  database(historyFile, (open) =>
    open.exec('UPDATE executions_visibility SET run_id = (SELECT hex(run_id) FROM executions)'),
  );
  await backUp(dataDir, to);
  await restore(to, fresh);
  expect(await paths(fresh)).not.toContain(visibilityFile);
  expect(count(fresh)).toBe(1);
});

/** Counts on in the first file, then in the last, without a pause, until it is told to stop. */
const writeBoth = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const files = workerData.map((file) => new DatabaseSync(file, { timeout: 10_000 }));
  let n = 1;
  const write = () => {
    n++;
    for (const file of files) file.exec('UPDATE t SET n = ' + n);
    if (n === 10) parentPort.postMessage('busy');
    setImmediate(write);
  };
  write();`;

it('copies files of one moment, whoever writes to them, and however many there are', async () => {
  // Between the first and the last, so that something is written between the looks at both.
  const others = Array.from({ length: 12 }, (_, index) => `other-${index}.sqlite`);
  for (const path of others) database(path, () => {});
  const all = [historyFile, ...others, visibilityFile];
  const writer = new Worker(writeBoth, {
    eval: true,
    workerData: [historyFile, visibilityFile].map((path) => join(dataDir, path)),
  });
  try {
    await once(writer, 'message');
    for (let round = 0; round < 10; round++) {
      await copyDatabases(dataDir, to, all);
      const [first, last] = [historyFile, visibilityFile].map((path) =>
        database(path, (open) => Number(open.prepare('SELECT n FROM t').get()?.['n']), to),
      ) as [number, number];
      expect([0, 1], `the first at ${first}, the last at ${last}`).toContain(first - last);
      await rm(to, { recursive: true });
    }
  } finally {
    await writer.terminate();
  }
});

it('refuses a folder that holds something, one inside of the data folder, and a data folder without runs', async () => {
  await mkdir(to);
  await writeFile(join(to, 'mine'), 'mine');
  await expect(backUp(dataDir, to)).rejects.toThrow(/not empty/);
  expect(await readdir(to)).toEqual(['mine']);
  await expect(backUp(dataDir, join(dataDir, 'backup'))).rejects.toThrow(/data folder itself/);
  await rm(join(dataDir, historyFile));
  await expect(backUp(dataDir, join(root, 'other'))).rejects.toThrow(/has no temporal.history.sqlite/);
  expect(await readdir(join(root, 'other'))).toEqual([]);
  await expect(backUp(join(root, 'nothing'), join(root, 'other'))).rejects.toThrow(/no data folder/);
});

it('refuses a damaged database when it backs up', async () => {
  const bytes = await readFile(join(dataDir, historyFile));
  await writeFile(join(dataDir, historyFile), bytes.fill(7, 4096));
  await expect(backUp(dataDir, to)).rejects.toThrow(/damaged|no whole database|malformed/);
  expect(await readdir(to)).toEqual([]);
});

it('refuses to restore into a folder that is in use, or not empty', async () => {
  await backUp(dataDir, to);
  await mkdir(fresh);
  const attempt = tryLock(join(fresh, 'lock'), { pid: 4711, since: 'today' });
  await expect(restore(to, fresh)).rejects.toThrow(/in use by process 4711/);
  if ('lock' in attempt) attempt.lock[Symbol.dispose]();
  await writeFile(join(fresh, 'mine'), 'mine');
  await expect(restore(to, fresh)).rejects.toThrow(/not empty/);
  expect((await readdir(fresh)).toSorted()).toEqual(['lock', 'lock.json', 'mine']);
});

it('refuses whatever was altered, cut, taken away or never finished, and writes nothing', async () => {
  const refused = async (spoil: () => Promise<void>, message: RegExp) => {
    await rm(to, { recursive: true, force: true });
    await backUp(dataDir, to);
    await spoil();
    await expect(verifyBackup(to)).rejects.toThrow(message);
    await expect(restore(to, fresh)).rejects.toThrow(message);
    await expect(readdir(fresh)).rejects.toThrow(/ENOENT/);
  };
  const manifest = join(to, manifestName);
  const edit = (from: string | RegExp, into: string) => async () =>
    writeFile(manifest, (await readFile(manifest, 'utf8')).replace(from, into));
  await refused(() => writeFile(join(to, 'blobs/r-1/a'), 'blobs/r-1/A'), /blobs.r-1.a .*altered/);
  await refused(() => appendFile(join(to, historyFile), 'x'), /history.sqlite .*altered/);
  await refused(() => rm(join(to, 'payloads/r-1/b')), /cannot be read/);
  await refused(() => rm(manifest), /not finished/);
  await refused(() => writeFile(manifest, '{"format":1'), /is damaged/);
  await refused(edit('blobs/r-1/a', '../../evil'), /is damaged/);
  await refused(edit(/"bytes": (\d)/, '"bytes": 9$1'), /is damaged/);
  await refused(edit('"format": 1', '"format": 2'), /format 2/);
});

it('refuses a backup of a newer version, and takes one of an older', async () => {
  const { createHash } = process.getBuiltinModule('node:crypto');
  await backUp(dataDir, to);
  const from = async (versions: { baton?: string; temporalServer?: string }) => {
    const path = join(to, manifestName);
    const old = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const { format, baton, temporalServer, begunAt, endedAt, files } = { ...old, ...versions } as Record<
      string,
      unknown
    >;
    const lines = (files as { path: string; bytes: number; sha256: string }[]).map((each) => Object.values(each));
    const text = JSON.stringify([format, baton, temporalServer, begunAt, endedAt, lines]);
    const digest = createHash('sha256').update(text).digest('hex');
    await writeFile(path, JSON.stringify({ ...old, ...versions, digest }));
  };
  await from({ temporalServer: '1.99.0' });
  await expect(verifyBackup(to)).rejects.toThrow(/newer than 1\./);
  await from({ temporalServer: '1.9.0', baton: '99.0.0' });
  await expect(verifyBackup(to)).rejects.toThrow(/newer than 0\./);
  await from({ temporalServer: '1.9.0', baton: '0.0.9' });
  await expect(restore(to, fresh)).resolves.toMatchObject({ baton: '0.0.9' });
});
