import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous, readToEnd, startBaton, type TestBaton } from '../harness/baton.ts';
import { startModelServer, type ModelServer } from '../harness/model-server.ts';
import { Part, writeBundle } from '../harness/part.ts';

let server: ModelServer;
let baton: TestBaton;
let worker: Part;
let folder: string;
beforeAll(async () => {
  server = await startModelServer();
  folder = await mkdtemp(join(tmpdir(), 'baton-killed-'));
  const settings = server.settings({ LOG_LEVEL: 'error', BATON_DATA_DIR: folder });
  baton = await startBaton({ settings, worker: false });
  worker = new Part('worker', {
    ...settings,
    TEST_BUNDLE_FILE: await writeBundle(),
    TEMPORAL_ADDRESS: baton.config.TEMPORAL_ADDRESS ?? '',
    TEMPORAL_NAMESPACE: baton.config.TEMPORAL_NAMESPACE,
    BATON_TASK_QUEUE: baton.config.BATON_TASK_QUEUE,
  });
});
afterAll(async () => {
  await worker.stop();
  await baton.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a decision whose worker is killed is made by the next one, and stands once in the log', async () => {
  const to = (goto: string) => ({ json: { goto, instructions: '', reason: `${goto} is next` } });
  server.script({ hang: true }, to('scripted'), to('end'));
  await worker.start();
  const { run } = await baton.engine.runs.start(
    { blueprint: 'routed', input: { task: 'go on', script: [] } },
    anonymous,
  );
  await server.request(0);
  await worker.kill();
  await worker.start();
  const events = await readToEnd(baton.engine, run.id);
  const decided = events.filter(({ type }) => type === 'supervisor.decided');
  expect(decided.map(({ data }) => data['goto'])).toEqual(['scripted', 'end']);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(-1)?.type).toBe('run.completed');
  expect(server.asked).toHaveLength(3);
});
