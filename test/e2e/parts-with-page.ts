/** A gateway and a worker of their own, with the tests' blueprints, and a browser before them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Api } from '../harness/gateway.ts';
import { startParts, writeBundle, type Parts } from '../harness/part.ts';
import { temporalAddress, temporalNamespace, unique } from '../harness/temporal-server.ts';
import { openBrowser } from './browser.ts';

export interface PartsWithPage extends Parts {
  readonly url: string;
  /** With the token, where one was given. */
  readonly api: Api;
  readonly browser: Browser;
  /** What both were given. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function startPartsWithPage({
  settings = {},
  token = null,
}: { settings?: Readonly<Record<string, string>>; token?: string | null } = {}): Promise<PartsWithPage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'baton-page-'));
  const environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: unique('page'),
    BATON_PORT: '0',
    LOG_LEVEL: 'error',
    TEST_BUNDLE_FILE: await writeBundle(),
    ...settings,
  };
  const [parts, browser] = await Promise.all([startParts(environment), openBrowser()]);
  const url = `http://127.0.0.1:${parts.gateway.port}`;
  return {
    ...parts,
    url,
    api: new Api(url, token),
    browser,
    environment,
    stop: async () => {
      await browser.close();
      await parts.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
