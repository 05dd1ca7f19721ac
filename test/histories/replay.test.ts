/** Open runs go on over a deploy: every recorded history replays on today's workflow code. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { createLog } from '../../runtime/log.ts';
import { installSdkRuntime } from '../../worker/sdk-runtime.ts';
import { workflowBundle, type WorkflowSource } from '../../worker/workflow-bundle.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { scenarios } from './scenarios.ts';

const folder = join(import.meta.dirname, 'recorded');

async function recorded(): Promise<{ workflowId: string; history: ReturnType<typeof historyFromJSON> }[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    files.map(async (name) => ({
      workflowId: name,
      history: historyFromJSON(JSON.parse(await readFile(join(folder, name), 'utf8'))),
    })),
  );
}

async function replay(source: WorkflowSource): Promise<Map<string, string | null>> {
  const log = createLog('test', 'silent');
  installSdkRuntime(log);
  const bundle = await workflowBundle(log, source);
  const results = new Map<string, string | null>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, await recorded())) {
    results.set(workflowId, error ? error.name : null);
  }
  return results;
}

test('every recorded history replays on today’s code, and each scenario has one', async () => {
  const results = await replay({ folders: testBlueprints });
  for (const { name } of scenarios) expect([...results.keys()].some((file) => file.startsWith(name))).toBe(true);
  expect([...results].filter(([, error]) => error !== null)).toEqual([]);
});

test('a workflow that was changed carelessly does not pass', async () => {
  const results = await replay({ entry: fileURLToPath(new URL('./broken-workflow.ts', import.meta.url)) });
  const scripts = [...results].filter(([name]) => name.startsWith('script'));
  expect(scripts.length).toBeGreaterThan(0);
  for (const [, error] of scripts) expect(error).toBe('DeterminismViolationError');
});
