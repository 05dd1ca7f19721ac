/**
 * An embedded server with many runs in its lists: what a look at all of them takes, and what it does to a run that begins
 * meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client, Connection } from '@temporalio/client';
import { readConfig } from '../../runtime/config.ts';
import { databaseFiles, prepareDatabases } from '../../server/temporal/database-files.ts';
import { storedColumns, visibilityTable } from '../../server/temporal/migrate-database.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { startTemporal } from '../../server/temporal/start-temporal.ts';
import { monotonicMs } from '../clock.ts';
import type { Figure } from '../figure.ts';
import { median, quantile } from '../quantile.ts';
import type { Stage } from '../stage.ts';

const item = 'many-runs';
/** Of a queue without workers: nothing but their beginning. */
const taskQueue = 'nobody';
/** What the most runs have, so the dearest to count. */
const look = "BatonStatus = 'completed'";

export async function manyRuns({ quick }: Stage): Promise<Figure[]> {
  const runs = quick ? 1_000 : 100_000;
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-bench-many-'));
  try {
    await withServer(dataDir, beginOne);
    await multiply(dataDir, runs);
    return await withServer(dataDir, (client) => measure(client, runs, quick ? 2 : 10));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function withServer<T>(dataDir: string, use: (client: Client) => Promise<T>): Promise<T> {
  const server = await startTemporal({ dataDir, port: 0, binary: await obtainServer(readConfig(process.env)) });
  try {
    const connection = await Connection.connect({ address: server.address });
    try {
      return await use(new Client({ connection }));
    } finally {
      await connection.close();
    }
  } finally {
    await server.stop();
  }
}

/** With what a run of Baton's has in lists. */
async function beginOne(client: Client): Promise<void> {
  await client.workflow.start('crawl', {
    workflowId: 'first',
    taskQueue,
    memo: { face: 'x'.repeat(400) },
    searchAttributes: {
      BatonStatus: ['completed'],
      BatonBlueprint: ['crawl'],
      BatonOwner: ['owner'],
      BatonAgent: ['crawler'],
    },
  });
  while ((await client.workflow.count(look)).count === 0) continue;
}

/** The one there is, under other ids, in the server's file while it is stopped. */
async function multiply(dataDir: string, runs: number): Promise<void> {
  const files = databaseFiles(join(dataDir, 'temporal'));
  // The second start looks for rows without an execution, a later one no more.
  await prepareDatabases(files);
  const database = new DatabaseSync(files.visibility, { enableDoubleQuotedStringLiterals: true });
  const columns = storedColumns(database, visibilityTable);
  const own: Record<string, string> = { '"run_id"': "'run-' || n", '"workflow_id"': "'workflow-' || n" };
  const values = columns.map((column) => own[column] ?? column);
  database.exec(
    `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${runs - 1})
      INSERT INTO ${visibilityTable} (${columns.join(', ')})
      SELECT ${values.join(', ')} FROM numbers, ${visibilityTable} WHERE workflow_id = 'first'`,
  );
  database.close();
}

/** In turns, so that a busy moment of the machine is in both. */
async function measure(client: Client, runs: number, rounds: number): Promise<Figure[]> {
  const alone: number[] = [];
  const beside: number[] = [];
  const counts: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const quiet = await begin(client, 20);
    const { disturbed, looks } = await besideLooks(client, runs, () => begin(client, 20));
    // The first round warms caches and code.
    if (round < 0) continue;
    alone.push(...quiet);
    beside.push(...disturbed);
    counts.push(...looks);
  }
  const many = `${runs.toLocaleString('en')} runs`;
  return [
    { item, what: `a count of ${many}, p50`, value: median(counts), unit: 'ms', bound: { atMost: 1_000 } },
    { item, what: `a workflow begins, ${many} in lists, p50`, value: median(alone), unit: 'ms' },
    { item, what: '… while they are counted without a pause, p50', value: median(beside), unit: 'ms' },
    { item, what: '… p99', value: quantile(beside, 0.99), unit: 'ms' },
    { item, what: '… to alone', value: median(beside) / median(alone), unit: 'ratio', bound: { atMost: 3 } },
  ];
}

/** While all runs are counted without a pause. */
async function besideLooks(client: Client, runs: number, work: () => Promise<number[]>) {
  const over = new AbortController();
  const keepLooking = async () => {
    const took: number[] = [];
    while (!over.signal.aborted) took.push(await timed(() => requireAll(client, runs)));
    return took;
  };
  const [looks, disturbed] = await Promise.all([keepLooking(), work().finally(() => over.abort())]);
  return { looks, disturbed };
}

async function requireAll(client: Client, runs: number): Promise<void> {
  const { count } = await client.workflow.count(look);
  if (count !== runs) throw new Error(`${count} runs are counted, not ${runs}`);
}

async function begin(client: Client, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let time = 0; time < times; time++)
    took.push(await timed(() => client.workflow.start('nothing', { workflowId: randomUUID(), taskQueue })));
  return took;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const from = monotonicMs();
  await act();
  return monotonicMs() - from;
}
