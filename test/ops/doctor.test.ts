/** `baton doctor` beside a Baton that runs, and where things are missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Finding, Findings } from '../../protocol/schemas/findings.ts';
import { launchBaton, runCommand, type Launched } from '../harness/launched.ts';
import { startModelServer, type ModelServer } from '../harness/model-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let dataDir: string;
let baton: Launched;
let model: ModelServer;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-doctor-'));
  model = await startModelServer();
  baton = await launchBaton(dataDir);
});
afterAll(async () => {
  baton.signal('SIGTERM');
  await Promise.all([baton.ended, model.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});

async function examine(folder: string, environment: Record<string, string> = {}, ...args: string[]) {
  const program = runCommand(['doctor', '--json', '--data-dir', folder, ...args], environment);
  const code = await program.ended;
  const findings = JSON.parse(program.output()) as Findings;
  return { code, findings, of: (check: string) => findings.items.find((item) => item.check === check) };
}

test('nothing is at fault with a Baton that runs', async () => {
  const started = await fetch(`${baton.api}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ blueprint: 'crawl', input: { url: 'http://127.0.0.1:1/' } }),
  });
  expect(started.status).toBe(201);
  model.script({ text: 'yes' });
  const { code, findings, of } = await examine(dataDir, model.settings());
  const faults = findings.items.filter(({ verdict }) => verdict === 'fault');
  expect([faults, code]).toEqual([[], 0]);
  const good = ['versions', 'data-folder', 'temporal', 'temporal-version', 'namespace', 'search-attributes', 'gateway'];
  for (const check of [...good, 'task-queue baton', 'clock', 'clock-gateway', 'encryption', 'model'])
    expect(of(check), check).toMatchObject({ verdict: 'ok' });
  expect(of('lock')?.found).toContain(`process ${baton.pidOf('launcher')}`);
  expect(of('port-temporal')?.found).toContain(`process ${baton.pidOf('temporal')}`);
});

test('a queue that nobody serves, a model that refuses and programs that are missing are faults with a remedy', async () => {
  model.script({ status: 401, body: { error: { message: 'no' } } });
  const { code, of, findings } = await examine(dataDir, {
    ...model.settings(),
    BATON_TASK_QUEUE: 'nobody',
    BATON_WEBHOOK_URL: 'http://127.0.0.1:1/a-secret-path',
    BATON_WEBHOOK_SECRET: `whsec_${'A'.repeat(43)}=`,
    BATON_ARCHIVE_DIR: join(dataDir, 'archive'),
    MCP_SERVERS: JSON.stringify({ there: { command: 'node' }, gone: { command: 'no-such-program-here' } }),
  });
  expect(code).toBe(1);
  const fault: Partial<Finding> = { verdict: 'fault', remedy: expect.stringMatching(/\w+/) as string };
  expect(of('task-queue nobody')).toMatchObject({ ...fault, found: 'no worker asks for its tasks' });
  expect(of('model')).toMatchObject(fault);
  expect(of('webhook')).toMatchObject(fault);
  expect(JSON.stringify(findings)).not.toContain('a-secret-path');
  expect(of('archive')).toMatchObject({ verdict: 'ok' });
  expect(of('task-queue nobody-tell')).toMatchObject(fault);
  expect(of('mcp-server gone')).toMatchObject({ ...fault, found: 'no-such-program-here is not found' });
  expect(of('mcp-server there')).toMatchObject({ verdict: 'ok' });
});

test('without a Baton it says that none runs, whose port it is, and what to do', async () => {
  const folder = join(dataDir, 'elsewhere');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, of } = await examine(
    folder,
    { BATON_PORT: String(port), BATON_TEMPORAL_PORT: '31990' },
    '--url',
    'http://127.0.0.1:1',
  );
  other.close();
  expect(code).toBe(1);
  expect(of('temporal')).toMatchObject({ verdict: 'fault', remedy: expect.stringContaining('npm start') as string });
  expect(of('gateway')).toMatchObject({ verdict: 'fault' });
  expect(of('port-gateway')).toMatchObject({
    verdict: 'fault',
    found: `port ${port} of 127.0.0.1 is another program's`,
  });
  expect(of('lock')?.found).toBe('no Baton of this machine has the data folder');
  expect(of('data-folder')?.found).toContain('the first start makes it');
});

test('people get a line for each finding, and a misuse is told', async () => {
  const program = runCommand(['doctor', '--data-dir', dataDir, '--url', baton.api]);
  expect(await program.ended).toBe(0);
  expect(program.output()).toMatch(/^ok {7}gateway: ready at http/m);
  const wrong = runCommand(['doctor', '--nonsense']);
  expect(await wrong.ended).toBe(2);
});
