import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { allGone, isAlive, launchBaton, runCommand, type Launched, type Program } from './harness/launched.ts';
import { temporalAddress, unique } from './harness/temporal-server.ts';

/** Each test starts all of Baton, some of them twice, on a machine that other tests keep busy. */
vi.setConfig({ testTimeout: 180_000 });

const programs: Program[] = [];
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-launch-'));
});

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.signal('SIGKILL');
    await program.ended;
  }
  await vi.waitFor(() => rmSync(dataDir, { recursive: true, force: true }), { timeout: 30_000 });
});

async function launch(...args: string[]): Promise<Launched> {
  return launchWith({}, ...args);
}

async function launchWith(environment: Record<string, string>, ...args: string[]): Promise<Launched> {
  const launched = await launchBaton(dataDir, args, environment);
  programs.push(launched);
  return launched;
}

function run(...args: string[]): Program {
  const program = runCommand(args);
  programs.push(program);
  return program;
}

const rolesOf = (launched: Launched): string[] => launched.processes().map((entry) => entry.role);

async function temporalOf(launched: Launched): Promise<{ client: Client; close(): Promise<void> }> {
  const port = launched.processes().find((entry) => entry.role === 'temporal')?.port;
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  return { client: new Client({ connection }), close: () => connection.close() };
}

async function answers(api: string): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${api}/readyz`)).status).toBe(200), { timeout: 20_000 });
}

describe('npm start', () => {
  test('comes up with worker and gateway in one process, and processes.json says what runs where', async () => {
    const launched = await launch();
    expect((await fetch(`${launched.api}/v1/blueprints`)).status).toBe(200);
    expect(rolesOf(launched)).toEqual(['launcher', 'temporal', 'worker', 'gateway']);
    expect(launched.pidOf('worker')).toBe(launched.pidOf('gateway'));
    expect(launched.processes().every((entry) => isAlive(entry.pid))).toBe(true);
    const gateway = launched.processes().find((entry) => entry.role === 'gateway');
    expect(launched.api.endsWith(`:${gateway?.port}`)).toBe(true);
  });

  test('says who holds the data folder to a second start', async () => {
    const first = await launch();
    const second = run('start', '--data-dir', dataDir, '--port', '0', '--temporal-port', '0');
    expect(await second.ended).toBe(1);
    const port = new URL(first.api).port;
    expect(second.output().trim()).toMatch(
      new RegExp(
        `^The data folder ${dataDir} is in use by process ${first.pidOf('launcher')} \\(since \\S+Z, port ${port}\\); ` +
          'stop that one, or choose another folder with --data-dir or BATON_DATA_DIR\\.$',
      ),
    );
    await answers(first.api);
  });

  test('names a busy port in one sentence, and how to change it', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' ? Number(address?.port) : 0;
    const lastLine = (program: Program): string => program.output().trim().split('\n').at(-1) ?? '';

    const gateway = run('start', '--data-dir', dataDir, '--port', String(port));
    expect(await gateway.ended).toBe(1);
    expect(lastLine(gateway)).toBe(
      `Port ${port} of 127.0.0.1, the gateway's, is in use; choose another with --port or BATON_PORT.`,
    );
    const temporal = run('start', '--data-dir', dataDir, '--port', '0', '--temporal-port', String(port));
    expect(await temporal.ended).toBe(1);
    expect(lastLine(temporal)).toContain(
      `Port ${port}, Temporal's, is in use; choose another with --temporal-port or BATON_TEMPORAL_PORT.`,
    );
    const derived = run('start', '--data-dir', dataDir, '--port', '0', '--temporal-port', String(port - 2));
    expect(await derived.ended).toBe(1);
    expect(lastLine(derived)).toMatch(/is in use; choose another with --temporal-port or BATON_TEMPORAL_PORT\.$/);
    blocker.close();
  });

  test('starts what is killed again: the gateway on its port, Temporal with its history', async () => {
    const launched = await launch('--split');
    expect(rolesOf(launched)).toEqual(['launcher', 'temporal', 'gateway', 'worker']);
    const before = launched.processes();
    for (const role of ['worker', 'gateway', 'temporal'] as const) {
      const pid = launched.pidOf(role);
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(launched.pidOf(role)).not.toBe(pid), { timeout: 30_000, interval: 50 });
    }
    await answers(launched.api);
    const after = launched.processes();
    const ports = (entries: typeof after): unknown => entries.map((entry) => [entry.role, entry.port]);
    expect(ports(after)).toEqual(ports(before));
    expect(after.filter((entry) => !isAlive(entry.pid))).toEqual([]);
    expect(launched.output()).toMatch(/worker \(pid \d+\) ended: SIGKILL\. Starting it again in \d+ ms\./);
  });

  test('leaves nothing behind when the launcher is killed with -9', async () => {
    const launched = await launch('--split');
    const pids = launched.processes().map((entry) => entry.pid);
    process.kill(launched.pidOf('launcher'), 'SIGKILL');
    await launched.ended;
    await allGone(pids);
    const again = await launch();
    await answers(again.api);
  });

  test('drains on SIGTERM: sockets get 1001, nothing stays; the next start has the history', async () => {
    const launched = await launch();
    const pids = launched.processes().map((entry) => entry.pid);
    const socket = new WebSocket(`${launched.api.replace('http', 'ws')}/v1/ws`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const workflowId = unique('kept');
    const first = await temporalOf(launched);
    await first.client.workflow.start('nobody', { workflowId, taskQueue: unique('nobody'), args: [] });
    await first.close();

    launched.signal('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    expect(await launched.ended).toBe(0);
    expect(launched.output()).toMatch(/Stopped\.\s*$/);
    await allGone(pids);
    expect(existsSync(join(dataDir, 'processes.json'))).toBe(false);

    const began = performance.now();
    const again = await launch();
    // Seven seconds on a quiet machine; far more on one that is busy with other tests.
    expect(performance.now() - began).toBeLessThan(60_000);
    const second = await temporalOf(again);
    expect((await second.client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
    await second.close();
  });

  test('takes two signals at once for one, and a second one later as an order to stop at once', async () => {
    const launched = await launch();
    const pids = launched.processes().map((entry) => entry.pid);
    // Frozen, the worker can't drain.
    process.kill(launched.pidOf('worker'), 'SIGSTOP');
    launched.signal('SIGINT');
    launched.signal('SIGTERM');
    await expect.poll(() => launched.output()).toContain('Stopping:');
    const early = await Promise.race([
      launched.ended,
      new Promise((resolve) => void setTimeout(resolve, 800, 'running')),
    ]);
    expect(early).toBe('running');
    launched.signal('SIGINT');
    expect(await launched.ended).toBe(130);
    await allGone(pids);
  });

  test('refuses what it does not know, with the name', async () => {
    const flag = run('start', '--prot', '1');
    expect(await flag.ended).toBe(2);
    expect(flag.output()).toContain("Unknown option '--prot'");
    const setting = run('start', '--port', 'many');
    expect(await setting.ended).toBe(2);
    expect(setting.output()).toContain('BATON_PORT');
    const open = run('start', '--host', '0.0.0.0', '--data-dir', dataDir);
    expect(await open.ended).toBe(2);
    expect(open.output()).toContain('BATON_HOST is 0.0.0.0, which others can reach: set AUTH_TOKEN');
  });

  test("uses the server at TEMPORAL_ADDRESS, or says that it doesn't answer", async () => {
    const launched = await launchWith({ TEMPORAL_ADDRESS: temporalAddress(), BATON_TASK_QUEUE: unique('own') });
    expect(rolesOf(launched)).toEqual(['launcher', 'worker', 'gateway']);
    expect(launched.output()).toContain(`${temporalAddress()}, namespace default (yours)`);
    await answers(launched.api);
    launched.signal('SIGTERM');
    expect(await launched.ended).toBe(0);
    const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1', BATON_DATA_DIR: dataDir, BATON_PORT: '0' };
    const lost = runCommand(['start'], nowhere);
    programs.push(lost);
    expect(await lost.ended).toBe(1);
    expect(lost.output()).toContain('No Temporal server answers at TEMPORAL_ADDRESS 127.0.0.1:1');
  });
});

describe('one part alone', () => {
  test('needs TEMPORAL_ADDRESS, and says so', async () => {
    const worker = run('worker');
    expect(await worker.ended).toBe(1);
    expect(worker.output()).toContain('TEMPORAL_ADDRESS is not set');
  });

  test('several gateways and a worker run against one server', async () => {
    const settings = {
      TEMPORAL_ADDRESS: temporalAddress(),
      BATON_DATA_DIR: dataDir,
      BATON_TASK_QUEUE: unique('parts'),
      LOG_LEVEL: 'info',
    };
    const gateways = [
      runCommand(['gateway', '--port', '0'], settings),
      runCommand(['gateway', '--port', '0'], settings),
    ];
    const worker = runCommand(['worker'], settings);
    programs.push(...gateways, worker);
    for (const gateway of gateways) {
      await vi.waitFor(() => expect(gateway.output()).toContain('gateway is up'), { timeout: 30_000 });
      const port = /"port":(\d+)[^\n]*gateway is up/.exec(gateway.output())?.[1];
      await answers(`http://127.0.0.1:${port}`);
    }
    await vi.waitFor(() => expect(worker.output()).toContain('worker is up'), { timeout: 30_000 });
    for (const program of [...gateways, worker]) {
      program.signal('SIGTERM');
      expect(await program.ended).toBe(0);
    }
  });
});

test('./baton runs the command line from any folder', () => {
  const { status, stdout } = spawnSync(join(import.meta.dirname, '..', 'baton'), ['--help'], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toContain('blueprints');
});
