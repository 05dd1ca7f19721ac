/** Verifying many histories: those that are recorded, over and over, as files of a folder. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../runtime/log.ts';
import { readHistoryFile } from '../../worker/verify/read-histories.ts';
import { Replayer } from '../../worker/verify/replayer.ts';
import { testConfig } from '../harness/temporal-server.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { rounds } from '../harness/test-size.ts';

const recordedFolder = join(import.meta.dirname, '..', 'histories', 'recorded');
const histories = rounds(50, 500);
/** What is promised on two cores that have nothing else to do; small, they have other tests. */
const promisedMs = 60_000;
const withinMs = rounds(2 * promisedMs, promisedMs);

test(`${histories} histories are verified, bundling included`, { timeout: 4 * promisedMs }, async () => {
  const files = (await readdir(recordedFolder)).filter((name) => name.endsWith('.json'));
  const begun = performance.now();
  const workflows = { folders: testBlueprints };
  const replayer = await Replayer.open({ config: testConfig(), log: createLog('test', 'silent'), workflows });
  const bundledMs = performance.now() - begun;
  let entries = 0;
  for (let index = 0; index < histories; index++) {
    const name = files[index % files.length] ?? '';
    const history = await readHistoryFile(join(recordedFolder, name));
    const verdict = await replayer.verify({ execution: `${name}-${index}`, history });
    expect(verdict, name).toMatchObject({ verdict: 'same', why: null });
    entries += verdict.entries;
  }
  await replayer.close();
  const tookMs = performance.now() - begun;
  process.stdout.write(
    `verified ${histories} histories, ${entries} entries: ${(tookMs / 1_000).toFixed(1)} s, ` +
      `of them ${(bundledMs / 1_000).toFixed(1)} s for the bundle\n`,
  );
  expect(tookMs).toBeLessThan(withinMs);
});
